// Package archive opens the archives of a tree, so that a scan finds a secret in a jar as well as one beside it: the zip
// family (jar, war, docx, odt, whl, nupkg, apk and all others), tar, gzip and bzip2 with or without a tar inside, and
// Debian packages, also nested.
//
// Call [New] and pass the [Unpacker] to scan.Scanner. The package recognizes an archive by its content, never by its
// name alone. It writes nothing to disk: names inside are cleaned for display and never used as paths. It reports what
// it does not open: encrypted content, unsupported compression (xz, zstd, 7z, rar and others), and content beyond the
// limits of [Options], which also hold for hostile input. For a truncated or damaged archive it returns the content
// before the damage, and a failure that names the archive.
package archive
