// Package atomicfile writes a file completely or not at all. A reader sees the old file or the new one. After a full
// disk, an error or a killed process the old file stays.
package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Options are the properties of the file.
type Options struct {
	// Mode is the file's mode, independent of the umask. 0 means 0600.
	Mode fs.FileMode
	// Sync waits until the bytes are on the disk before renaming the file, so that a power failure leaves one of the two
	// files.
	Sync bool
	// New fails with [fs.ErrExist] and changes nothing if the file exists, even if another process creates it at the same
	// moment.
	New bool
}

// Write writes a file. The bytes first go to a temporary file in the same folder ("." + name + "-" and digits), which is
// then renamed. write may use the temporary file's name, but must not close the file. Write returns the error of write
// unchanged. The folder must exist.
//
// A killed process leaves the temporary file. If name is a symlink, the file replaces it.
func Write(name string, o Options, write func(temp *os.File) error) error {
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	placed := false
	defer func() {
		if !placed {
			_ = os.Remove(temp.Name())
		}
	}()
	err = write(temp)
	if err == nil && o.Mode != 0 {
		err = temp.Chmod(o.Mode)
	}
	if err == nil && o.Sync {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if o.New {
		// Unlike a rename, a link fails if the file exists.
		return os.Link(temp.Name(), name)
	}
	if err := os.Rename(temp.Name(), name); err != nil {
		return err
	}
	placed = true
	return nil
}

// WriteBytes is [Write] for existing bytes.
func WriteBytes(name string, o Options, data []byte) error {
	return Write(name, o, func(temp *os.File) error {
		_, err := temp.Write(data)
		return err
	})
}
