// Package atomicfile writes a file whole or not at all: a reader has the old file or the new one, and a full disk, an error or a
// killed run leaves the old one.
package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Options say what the file is like.
type Options struct {
	// Mode is the file's mode, whatever the process's mask is; 0 means 0600.
	Mode fs.FileMode
	// Sync waits until the bytes are on the disk before the file gets its name, so that a machine that loses its power keeps one
	// of the two files.
	Sync bool
	// New fails with [fs.ErrExist], and changes nothing, when the name is taken, also by a run at the same moment.
	New bool
}

// Write writes a file. Its bytes go to a file beside it ("." + name + "-" and digits), which then gets the name. write may look at
// the temporary file by its name, but must not close it; its error comes back as it is. The folder must be there.
//
// A run that is killed leaves the temporary file. A link at name is replaced by the file, and not followed.
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
		// Unlike a renaming, a link fails when the name is taken.
		return os.Link(temp.Name(), name)
	}
	if err := os.Rename(temp.Name(), name); err != nil {
		return err
	}
	placed = true
	return nil
}

// WriteBytes is [Write] for bytes that are there already.
func WriteBytes(name string, o Options, data []byte) error {
	return Write(name, o, func(temp *os.File) error {
		_, err := temp.Write(data)
		return err
	})
}
