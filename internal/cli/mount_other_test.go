//go:build unix && !linux

package cli_test

import "errors"

func mountSmall(string, int) error { return errors.ErrUnsupported }
