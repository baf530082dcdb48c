//go:build !linux

package connection

// identity is not known here: what is renamed counts as gone and new.
func identity(string) string { return "" }
