// Package insights speaks Bitbucket's Code Insights: one report on a commit and its annotations.
//
// [Build] turns a scan's result into a [Report] and applies every limit; it is pure. [Publish] brings a report to
// Bitbucket so that no run ever loses it: see there for the order of calls. [Client] covers the whole reports API of
// Cloud and Data Center for everything else. The package reads no environment, prints nothing and knows no detector.
package insights
