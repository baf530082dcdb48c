// Package scan is the domain of Sluice: it takes files and returns a [Result] with findings.
//
// Give a [Source] and the detectors (scan/secret and its siblings) to a [Scanner]. Package scan/git has the sources: a
// commit, its history, a push, a folder. This package knows files, findings, severities, the gate, and which findings
// are new or suppressed. It does not know the environment, the network, git, Bitbucket, or any particular detector.
package scan
