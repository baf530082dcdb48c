// Package api is the core of the REST API, on which the rooms beside it build their resources.
//
// A room gives a table of [Route]. A route says who may call it, what it takes and what it gives. [Core.Handler] serves a table: it signs the
// caller in, finds the project and the repository that the path names, asks whether the caller may do this, calls the route's function with a
// [Call], and writes its [Reply] or error. It also writes the audit log, counts and logs requests, and compresses answers.
package api
