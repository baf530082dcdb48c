// Package repotest holds tests of the repository as a whole: its documents, examples and packaging files against the program, and
// its packages against the rules of ARCHITECTURE.md. They run in the root of the repository.
package repotest
