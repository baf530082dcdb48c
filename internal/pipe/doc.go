// Package pipe publishes: it carries what [engine.Scan] found to Bitbucket and into files.
//
// [Load] reads the whole configuration, that of the scan and that of the report. [Run] is the whole pipe: it announces the
// scan on the commit, scans, writes the outputs, and publishes the report, the build status and the comment. [Preview] does
// the same against a Bitbucket in memory. The package prints only to the writers it is given.
package pipe
