package object

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// objectDir is one "objects" folder.
type objectDir struct {
	path  string
	packs []*pack
	// incoming is true for the objects of a push that git has not accepted yet.
	incoming bool
	// damaged is the error of packs whose index could not be read. An object that is found nowhere else may be in one of
	// them.
	damaged error
}

func openObjectDir(path string) (*objectDir, error) {
	d := &objectDir{path: path}
	entries, err := os.ReadDir(filepath.Join(path, "pack"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list packs: %w", err)
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, "pack-") || !strings.HasSuffix(name, ".idx") {
			continue
		}
		p, err := openPack(filepath.Join(path, "pack", name))
		if err != nil {
			d.damaged = errors.Join(d.damaged, err)
			continue
		}
		d.packs = append(d.packs, p)
	}
	return d, nil
}

func (d *objectDir) loosePath(h plumbing.Hash) string {
	name := h.String()
	return filepath.Join(d.path, name[:2], name[2:])
}

// loose reads a loose object.
func (d *objectDir) loose(h plumbing.Hash, buf []byte, limit int64) (kind plumbing.ObjectType, data []byte, err error) {
	err = d.withLoose(h, 4096, func(file *os.File, k plumbing.ObjectType, header int, size, fileSize int64) error {
		switch {
		case size > limit:
			return ErrTooLarge
		case size/maxDeflate > fileSize:
			return Corrupt(errors.New("more data than the file can hold"))
		}
		all, err := inflateAt(file, 0, int64(header)+size, buf)
		// Move the object to the beginning of the buffer, so that the whole buffer can be reused.
		kind, data = k, all[:copy(all, all[min(header, len(all)):])]
		return err
	})
	return kind, data, err
}

func (d *objectDir) looseSize(h plumbing.Hash) (size int64, err error) {
	err = d.withLoose(h, 96, func(_ *os.File, _ plumbing.ObjectType, _ int, n, _ int64) error {
		size = n
		return nil
	})
	return size, err
}

// withLoose opens a loose object and reads its header, "blob 12\x00"; header is the length of the header. hint is the
// number of bytes that will probably be read.
func (d *objectDir) withLoose(h plumbing.Hash, hint int64, use func(file *os.File, kind plumbing.ObjectType, header int, size, fileSize int64) error) error {
	file, err := os.Open(d.loosePath(h))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	begin, err := beginAt(file, hint, make([]byte, 32))
	if err != nil {
		return err
	}
	header, _, ok := strings.Cut(string(begin), "\x00")
	if !ok {
		return Corrupt(errors.New("header without an end"))
	}
	word, number, _ := strings.Cut(header, " ")
	kind, err := plumbing.ParseObjectType(word)
	if err != nil {
		return Corrupt(err)
	}
	size, err := strconv.ParseInt(number, 10, 64)
	if err != nil || size < 0 {
		return Corrupt(errors.New("malformed size"))
	}
	return use(file, kind, len(header)+1, size, info.Size())
}
