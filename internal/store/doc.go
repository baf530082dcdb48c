// Package store opens the server's database and the rooms over it. Each room stores one kind of data.
//
// Every change of a finding, a branch or a repository updates the counters that depend on it, in the same transaction.
// [Store.Recompute] recounts them. No room stores the text of a secret, scans, or speaks HTTP.
package store
