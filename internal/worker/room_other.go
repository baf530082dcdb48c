//go:build !linux && !darwin

package worker

import "errors"

// freeSpace is not known here.
func freeSpace(string) (free, total uint64, err error) { return 0, 0, errors.ErrUnsupported }
