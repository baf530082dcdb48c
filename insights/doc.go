// Package insights publishes Bitbucket Code Insights: one report on a commit and its annotations.
//
// [Build] turns the result of a scan into a [Report] and applies every limit; it is pure. [Publish] sends a report to
// Bitbucket in an order of calls that never leaves a commit without one. [Client] covers the whole reports API of Cloud
// and Data Center for everything else. The package does not read the environment, prints nothing and does not depend on
// any detector.
package insights
