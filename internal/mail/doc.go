// Package mail tells people by e-mail that the scans that they asked for have ended.
//
// [Sender.Run] sends what the store's batches ask for, each mail once, whatever the number of nodes. A mail says numbers,
// names and errors; it never holds a finding's text.
package mail
