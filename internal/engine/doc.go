// Package engine turns an environment, or the configuration of a server, into a [scan.Result].
//
// [Load] reads the configuration. [OpenCheckout] finds what to scan and what to compare it with: a [Checkout]. [NewPlan]
// reads the repository's own files and says how to scan: a [Plan]. [Scan] runs the engines of the plan over the checkout.
// [Open] does the first three. Each value is complete when it exists, and is not changed after.
//
// The table in registered.go is the one place that knows which engines there are. The package prints nothing, publishes
// nothing, and knows no Bitbucket.
package engine
