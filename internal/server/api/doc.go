// Package api is the core of the REST API. The rooms beside it build their resources on it.
//
// A room has a table of [Route]. A route says who may call it, what it takes and what it returns. [Core.Handler] serves
// a table: it signs the caller in, finds the project and the repository that the path names, checks the permission,
// calls the route's function with a [Call], and writes its [Reply] or error. It also writes the audit log, counts and
// logs requests, and compresses answers.
package api
