// Package forge is the server's side of the Forge app: it checks who calls, pairs installations, hears of events, and asks
// the app for the credentials of scans.
//
// [Verifier] checks invocation tokens; [Receiver] answers the app; [Source] gives the credentials of an installation to a
// connection. Atlassian adds the credential to a request on its way from the app to this server, so the app itself never
// sees one: up to this server it is protected by TLS, and from here on by package handover.
package forge
