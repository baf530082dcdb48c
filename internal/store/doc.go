// Package store opens what the server knows: the database, and the rooms over it, of which each keeps one kind of thing.
//
// Every change of a finding, a branch or a repository carries the counters that follow from it, within the same transaction;
// [Store.Recompute] counts them anew. What no room does: keep the text of a secret, scan, or speak HTTP.
package store
