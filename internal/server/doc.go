// Package server puts the REST API together: it gives each room of resources what it needs of the store, collects their routes, and serves
// them by the core in internal/server/api.
//
// [New] makes a server, whose [Server.Handler] serves it. The table of routes says for each path who may call it; a table with a gap does not
// start. The server reads the store and never scans.
package server
