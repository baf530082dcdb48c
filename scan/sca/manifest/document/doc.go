// Package document holds what a file with dependencies says: a [Document] with entries, roots and declarations, the
// [Source] from which a reader fills it, and the [Format] by which each kind of file is recognized and read. It also has
// what readers of several ecosystems share: lines, limits, hashes, versions, and doubts about files that end early.
//
// The package is pure. A document belongs to one goroutine until [github.com/sluice-scan/sluice/scan/sca/manifest.Resolve]
// is done with it.
package document
