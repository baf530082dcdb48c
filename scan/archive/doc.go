// Package archive looks into the archives of a tree, so that a secret in a jar is found like one beside it: the zip family
// (jar, war, docx, odt, whl, nupkg, apk and all others), tar, gzip and bzip2 with or without a tar inside, and Debian
// packages, within one another.
//
// Call [New] and hand the [Unpacker] to scan.Scanner. An archive is known by its content, never by its name alone. Nothing is
// written to a disk: names inside are cleaned for show, and lead nowhere. What is not looked into is said: what is encrypted,
// what is compressed in a way that this program cannot undo (xz, zstd, 7z, rar and the like), and what is beyond the bounds of
// [Options], which hold for hostile input too. An archive that is cut off or damaged gives what stands before the damage, and
// a failure that names it.
package archive
