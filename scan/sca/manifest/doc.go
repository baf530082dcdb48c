// Package manifest reads the files in which projects name their dependencies: manifests (package.json, pom.xml), in which
// people write what they want, and lock files, in which tools write what they got.
//
// [Kind] tells whether a path is such a file, [Read] reads one of them into a [Document], and [Resolve] joins the documents
// of a tree into packages: which are direct, which only needed for development, which one brings another in, and on which
// line a person wrote it. All three are pure. Readers take time and memory in proportion to the file, whatever it
// holds, and give a position for every package. What the package refuses to do: run a package manager, ask a registry, or
// guess a version that no file pins.
package manifest
