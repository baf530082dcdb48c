// Package project knows how the files of a tree belong together: what a name in an import means in each language, which files declare the parents
// of a class, and which files can reach which. It reads what a text says about other files without a parser, and may see more in it than there
// is; what an import means is resolved exactly. Start with [Read] and [NewIndex].
//
// The rules of resolution are those of the languages and their tools: https://docs.python.org/3/reference/import.html,
// https://nodejs.org/api/modules.html, https://nodejs.org/api/packages.html, https://www.typescriptlang.org/tsconfig/#paths,
// https://docs.oracle.com/javase/specs/jls/se21/html/jls-7.html, https://go.dev/ref/mod.
package project
