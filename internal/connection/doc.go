// Package connection is the source of the server's code.
//
// A [Connection] lists projects, repositories and branches, and opens a repository for a scan. [Directory] is a folder
// of git repositories. Connections to Bitbucket Data Center and Cloud fit the same interface: they list over REST, and
// Open updates a mirror on disk with credentials that it requests at that moment. If possible, a listing gives each
// project and repository an identity that survives a rename: for a folder its inode number and birth time, for Bitbucket
// its id.
package connection
