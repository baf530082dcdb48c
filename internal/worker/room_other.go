//go:build !linux && !darwin

package worker

import "errors"

// freeSpace is not available on this system.
func freeSpace(string) (free, total uint64, err error) { return 0, 0, errors.ErrUnsupported }
