// Package scan is the domain of Sluice: files go in, a [Result] with findings comes out.
//
// Hand a [Source] to a [Scanner], together with the detectors (scan/secret and its siblings). scan/git gives the sources: a
// commit, its history, what a push brings, a folder. What the package knows: files, findings, severities, what is new and
// what is suppressed, and the gate. What it refuses to know: the environment, the network, git, Bitbucket, and any one
// detector.
package scan
