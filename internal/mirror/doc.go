// Package mirror keeps copies of remote git repositories on disk, by the git command line, which is several times faster
// than the git library and needs a tenth of its memory.
//
// A mirror is a cache: it may be deleted at any time. It has no remote, no hooks and no configuration of the remote
// repository. The address and the credential reach git through its environment, for one command, and never the disk, the
// arguments or an error. git may speak with the one server alone: other protocols and redirects are off.
//
// LFS content and submodules are not fetched.
package mirror
