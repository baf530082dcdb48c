// Package sca finds vulnerable dependencies (software composition analysis).
//
// [New] returns the detector. Its pass reads the manifests and lock files of a tree (scan/sca/manifest) and asks
// [Advisories] about the packages (scan/sca/advisory). It makes a finding of each advisory that affects a package, on
// the line that brings the package in. [Options] say what is ignored. The package uses no network, runs no package
// manager, and skips no file silently: an unreadable file is a failure in the result.
package sca
