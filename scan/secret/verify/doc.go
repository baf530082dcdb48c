// Package verify asks the providers of leaked secrets whether they still work.
//
// Call [New] with what secret.Verifications returns, and pass [Verifier.Verify] to scan.Scanner. Each distinct secret is
// sent once, over https, to the one host that its rule names, in a call that only reads. Redirects are not followed,
// cookies are not kept, and neither the secret nor an address that contains it reaches a log, an error or a note.
//
// Only an answer that the rule describes changes a finding.
package verify
