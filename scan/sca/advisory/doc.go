// Package advisory knows which versions of which packages are vulnerable.
//
// Records come in the OSV format (https://ossf.github.io/osv-schema/). A [Builder] turns them into one indexed file, [Open]
// opens it, and [DB.Find] gives the advisories of the packages that a scan meets, without reading those of others.
// [Match] then decides which advisories touch a version, groups those that speak of the same problem, and finds the version
// that mends them all. What the package refuses to do: reach over the network (internal/osv does), and say
// anything of a version that it cannot compare.
package advisory
