// Package connection is where the server's code comes from.
//
// A [Connection] lists projects, repositories and branches, and opens a repository for a scan. [Directory] is a folder of git
// repositories. Bitbucket Data Center and Cloud fit the same seam: they list over REST, and Open brings a mirror on disk up
// to date with credentials that it asks for at that moment. A listing says of each project and repository, where it can, by what it
// is known when it is renamed: of a folder its number and time of birth, of Bitbucket its id.
package connection
