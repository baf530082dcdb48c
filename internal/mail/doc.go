// Package mail tells people by e-mail that the scans they asked for have finished.
//
// [Sender.Run] sends the mails that the store's batches ask for. It sends each mail once, however many nodes run. A mail
// contains numbers, names and errors, but never the text of a finding.
package mail
