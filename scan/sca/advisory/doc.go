// Package advisory knows which versions of which packages are vulnerable.
//
// Records come in the OSV format (https://ossf.github.io/osv-schema/). A [Builder] turns them into one indexed file.
// [Open] opens it, and [DB.Find] returns the advisories of a package without reading the others. [Match] decides which
// advisories affect a version, groups those about the same vulnerability, and finds the version that fixes all of them.
// The package uses no network (internal/osv does), and says nothing about a version that it cannot compare.
package advisory
