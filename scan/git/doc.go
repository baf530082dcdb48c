// Package git reads git repositories without the git program and gives their files as sources for a scan.
//
// [Open] gives a [Repository]. From there, [Repository.Commit] is the tree of a commit, [Repository.History] what earlier commits held,
// [Repository.Push] what a push brings ([OpenQuarantine]), [Repository.LineOrigins] the blame of lines. [OpenDir] gives a
// folder as it lies there, without what git ignores. All of them are a [scan.Source].
//
// Every object is foreign data: sizes, depths and counts are bounded, and an object whose hash is not its name is
// [ErrCorruptObject].
//
// The package refuses to write to a repository, to run hooks, filters and helpers, to follow symlinks of the scanned tree,
// and to judge what it reads. It uses the network in [Repository.Fetch] alone, and knows no API of Bitbucket and no detector.
package git
