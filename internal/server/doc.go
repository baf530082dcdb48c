// Package server assembles the REST API: it gives each room of resources the parts of the store that it needs, collects
// their routes, and serves them with internal/server/api.
//
// [New] returns a server, and [Server.Handler] serves it. The table of routes says for each path who may call it. A
// server whose table has a gap does not start. The server reads the store and never scans.
package server
