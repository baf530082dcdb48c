// Package mail tells people by e-mail that the scans they asked for have finished, and channels that scans have ended: signed
// webhooks, webhooks of Slack, and mail addresses.
//
// [Sender.Run] sends the mails that the store's batches ask for. It sends each mail once, however many nodes run. A mail
// or message contains numbers, names and errors, but never the text of a finding.
package mail
