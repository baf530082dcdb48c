//go:build !linux

package git

// checkout is a short way to files that only Linux has here.
type checkout struct{}

func openCheckout(string) *checkout { return nil }

func (*checkout) close() {}

func (*checkout) usable() bool { return false }

func (*checkout) read(string, int64, []byte) ([]byte, bool) { return nil, false }
