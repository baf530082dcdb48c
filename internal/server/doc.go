// Package server answers the REST API: what the store knows of projects, repositories and branches, and what people ask for.
//
// [New] makes a server, whose [Server.Handler] serves it. The table of routes ([Server.routes]) says for each path who may
// call it; a route without a permission does not compile. It reads the store and never scans.
//
// The text of a finding is in no table: it comes through [Lines], for those who may write to the repository, and everybody else
// gets the masked excerpt. Reports and results are read and written in pieces, so that their size costs no memory.
package server
