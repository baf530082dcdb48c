// Package datacenter is a connection to a Bitbucket Data Center, from version 7.21: it lists projects, repositories and
// branches over REST, keeps mirrors, and manages webhooks.
//
// A listing says which part of it failed: a repository that could not be read keeps its branches, and nothing of a list
// that broke off counts as deleted. Repositories and projects are known by their ids, which renames and moves keep.
package datacenter
