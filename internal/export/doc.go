// Package export writes what leaves the server as a file: findings as CSV, and the names of files. The REST API and the
// pages share it.
package export
