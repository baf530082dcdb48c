// Package preview makes the local page of "sluice preview": a Code Insights report and its annotations in the diff, as a
// pull request of Bitbucket Cloud shows them. It lets people see what a pipeline would publish before it does.
//
// Call [Collect] first: it reads the reports back through the API, so the page shows what Bitbucket stored and not what
// was sent. [Page.Write] writes one self-contained HTML page, [Handler] serves it, [WriteDir] puts it into a folder.
//
// The package starts no server, makes no calls except through the given client, and does not search for secrets. The
// trees contain raw secrets; [Meta.Mask] keeps them off the page.
//
// The package computes the diff itself instead of using a library. Bitbucket shows git's diff. Where several diffs are
// possible (which of two closing braces was added), git's choice decides which line counts as changed, so this package
// makes the same choices.
package preview
