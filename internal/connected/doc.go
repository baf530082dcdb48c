// Package connected runs a server's connections to Bitbucket: it builds them from what people have set up, lists each one
// from one node at a time, looks at the repositories that events name, and opens repositories for scans.
//
// [Settings] and [Credential] are what people give; [Admin] keeps them, sealed; [Set] runs the connections.
package connected
