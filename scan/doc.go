// Package scan is the domain of Sluice: a commit's files go in, a [Result] with findings comes out.
//
// Start with [OpenCommit] or [OpenDir], which give a [Source]; hand it to a [Scanner] together with the
// detectors (scan/secret and its siblings). What the package knows: files, findings, severities, what is new and what
// is suppressed, and the gate. What it refuses to know: the environment, Bitbucket, and any one
// detector. Nothing in it uses the network but [Repository.Fetch], when it is called.
package scan
