// Package engine turns an environment, or the configuration of a server, into a [scan.Result].
//
// [Load] reads the configuration. [OpenCheckout] finds what to scan and what to compare it with: a [Checkout]. [NewPlan]
// reads the repository's own files and decides how to scan: a [Plan]. [Scan] runs the engines of the plan over the
// checkout. [Open] does the first three steps. Each value is complete when it exists, and does not change later.
//
// Only the table in registered.go knows which engines exist. The package prints and publishes nothing, and does not know
// Bitbucket.
package engine
