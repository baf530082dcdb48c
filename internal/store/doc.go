// Package store keeps what the server knows: projects, repositories, branches, scans, findings, reviews, settings, accounts.
//
// [Open] opens a database: a SQLite file or a PostgreSQL address. There is one text of SQL for both. The scan table is the
// queue and its own record: [Store.Enqueue], [Store.Claim], [Store.Beat], [Store.Finish]. Every change of a branch carries
// its status, and the counters of its repository and project, within the same transaction; [Store.Recompute]
// counts them anew. What the package refuses to do: keep the text of a secret, scan, or speak HTTP.
package store
