// Package object reads the objects of a git repository by name: loose files and packs, with deltas, alternates and the
// objects of a push that git has not accepted yet.
//
// [Open] returns a [Store] for an "objects" folder. Everything in the folder is untrusted: sizes and delta chains are
// limited, and the hash of the data from [Store.Read] is the requested name.
//
// The package handles bytes and object types. It does not interpret commits or trees, and does not know references or
// where a repository keeps its objects. It writes nothing and uses no network.
package object
