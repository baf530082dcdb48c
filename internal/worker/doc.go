// Package worker does the work of the server: it scans what waits in the store's queue, and keeps what the store knows of
// projects, repositories and branches in step with a connection.
//
// [Worker.Run] claims scans and runs them through the same hops as the pipe; [Syncer.Run] lists the connection. Both end
// with their context, and give back what they hold. What the package refuses to do: answer requests, or keep
// anything that the store does not hold.
package worker
