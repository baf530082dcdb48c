// Package manifest reads the files in which projects name their dependencies: manifests (package.json, pom.xml), which
// people write, and lock files, in which tools record the exact versions.
//
// [Kind] recognizes such a file by its path, [Read] reads one of them into a [document.Document], and [Resolve] joins the
// documents of a tree into packages. It finds which packages are direct, which are only for development, which one
// brings another in, and the line where a person asked for it. All three are pure. Readers take time and memory linear
// in the size of the file, whatever its content, and give a position for every package. The package does not run a
// package manager, query a registry, or guess a version that no file pins.
package manifest
