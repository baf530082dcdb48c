// Package object reads the objects of a git repository by their names: loose files and packs, with deltas, alternates and
// the objects of a push that git has not accepted yet.
//
// [Open] gives a [Store] of an "objects" folder. Everything in there is foreign data: sizes and chains of deltas are
// bounded, and what [Store.Read] returns hashes to the name that was asked for.
//
// The package knows bytes and kinds. It refuses to know what a commit or a tree says, where a repository keeps its objects,
// and what a reference is; it writes nothing and uses no network.
package object
