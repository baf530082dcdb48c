//go:build !unix

package process

// ignoreFileLimit does nothing: this system has no such limit.
func ignoreFileLimit() {}
