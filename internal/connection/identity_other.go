//go:build !linux

package connection

// identity is not known on this system: a renamed folder counts as deleted and new.
func identity(string) string { return "" }
