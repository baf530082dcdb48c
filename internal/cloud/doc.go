// Package cloud is a connection to one workspace of Bitbucket Cloud.
//
// Cloud allows 1,000 calls of its API in an hour, so a listing asks it only for the rows of repositories: all of them now
// and then, else those whose time of change moved ([Connection.List]). The branches come from git, which Cloud counts
// apart. Repositories are known by their UUID, which a rename and a move keep.
package cloud
