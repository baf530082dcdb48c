// Package preview is the local page of "sluice preview": a Code Insights report and its annotations in the diff, as a
// pull request of Bitbucket Cloud would show them. It is for people who want to see what a pipeline would publish before
// it does.
//
// Call [Collect] first: it reads the reports back through the API, so that the page shows what Bitbucket stored and not
// what somebody meant to send. [Page.Write] writes one self-contained HTML page, [Handler] serves it, [WriteDir] puts it
// into a folder.
//
// The package starts no server, sends nothing anywhere but to the client it is given, and finds no secrets: the trees
// hold raw ones, and [Meta.Mask] is what keeps them off the page.
//
// The diff is made here rather than by a library: Bitbucket shows git's diff, and a line counts as changed by git's
// choice among equal ones (which of two closing braces was added), so that this package makes the same choices.
package preview
