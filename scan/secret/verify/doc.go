// Package verify asks the providers of leaked secrets whether those still work.
//
// Call [New] with what secret.Verifications gives, and hand [Verifier.Verify] to scan.Scanner. Each distinct secret is
// sent once, over https, to the one host that its rule names, in a call that only reads. A redirect is never followed,
// cookies are never kept, and neither the secret nor an address that holds it reaches a log, an error or a note.
//
// The package refuses to guess: only an answer that the rule describes changes a finding.
package verify
