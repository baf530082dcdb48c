// Package sca finds vulnerable dependencies: software composition analysis.
//
// [New] makes the detector. Its pass reads the manifests and lock files of a tree (scan/sca/manifest), asks [Advisories] for
// what is known of the packages (scan/sca/advisory), and makes a finding of each advisory that touches one, on the line that
// brings the package in. [Options] say what is ignored. What the package refuses to do: reach over the network,
// run a package manager, or pass over a file that it could not read: such a file is a failure in the result.
package sca
