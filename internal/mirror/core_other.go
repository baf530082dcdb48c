//go:build !linux

package mirror

func noCore(int) {}
