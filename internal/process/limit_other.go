//go:build !unix

package process

// ignoreFileLimit does nothing: there is no such limit.
func ignoreFileLimit() {}
