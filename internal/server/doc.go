// Package server answers the REST API: what the store knows of projects, repositories and branches, and what people ask for.
//
// [New] makes a server, whose [Server.Handler] serves it. The table of routes ([Server.routes]) says for each path who may
// call it; a route without a permission does not compile. It reads the store and never scans.
package server
