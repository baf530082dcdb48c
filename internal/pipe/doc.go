// Package pipe publishes the result of [engine.Scan] to Bitbucket and to files.
//
// [Load] reads the whole configuration for the scan and the report. [Run] is the whole pipe: it announces the scan on
// the commit, scans, writes the outputs, and publishes the report, the build status and the comment. [Preview] does the
// same with an in-memory Bitbucket. The package prints only to the writers that it gets.
package pipe
