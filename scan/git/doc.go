// Package git reads git repositories without the git program and provides their files as sources for a scan.
//
// [Open] returns a [Repository]. From there, [Repository.Commit] is the tree of a commit, [Repository.History] the
// content of earlier commits, [Repository.Push] the content of a push ([OpenQuarantine]), and [Repository.Blame]
// the blame of lines. [OpenDir] is the current content of a folder, without the files that git ignores. Commits,
// histories, pushes and folders are each a [scan.Source].
//
// Every object is untrusted: sizes, depths and counts are limited, and an object whose hash is not its name is
// [ErrCorruptObject].
//
// The package never writes to a repository, runs no hooks, filters or helpers, does not follow symlinks of the scanned
// tree, and does not interpret the files that it reads. It uses the network only in [Repository.Fetch], and knows
// neither the API of Bitbucket nor any detector.
package git
