// Package worker does the server's work: it runs the scans in the store's queue, and keeps the store's projects,
// repositories and branches in step with a connection.
//
// [Worker.Run] claims scans and runs them with the same engine as the pipe. [Syncer.Run] lists the connection. Both end
// with their context and give back their scans. The package does not answer requests, and keeps no data outside the
// store.
package worker
