package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

var (
	// ErrMissingObject: the repository does not have the object, as in a partial or damaged clone.
	ErrMissingObject = errors.New("object is not in the repository")
	// ErrCorruptObject: the object is there and its bytes are not what its name says.
	ErrCorruptObject = errors.New("object is corrupt")

	errTooLarge = errors.New("object is too large to be read into memory")
)

const (
	// baseCacheBytes is what the bases of deltas may hold in memory.
	baseCacheBytes = 64 << 20
	// maxAlternates bounds a chain of alternates; git itself stops at a depth of 5.
	maxAlternates = 64
)

// objectStore reads git objects by name: from the repository's own folder, from its alternates, and from what was
// fetched into folders of our own. It is safe for concurrent use and writes nothing.
type objectStore struct {
	bases *baseCache

	mu   sync.RWMutex
	dirs []*objectDir
}

// objectDir is one "objects" folder.
type objectDir struct {
	path  string
	packs []*pack
	// incoming is true for the objects of a push that git has not accepted yet.
	incoming bool
	// damaged are packs whose index could not be read: an object that is nowhere else may be in one of them.
	damaged error
}

// openObjects opens an objects folder and its alternates.
func openObjects(dir string) (*objectStore, error) {
	s := &objectStore{bases: newBaseCache(baseCacheBytes)}
	return s, s.add(dir)
}

// add puts an objects folder and its alternates behind those that are there.
func (s *objectStore) add(dir string) error {
	dirs, err := withAlternates(dir)
	if err != nil {
		return err
	}
	var opened []*objectDir
	for _, path := range dirs {
		d, err := openObjectDir(path)
		if err != nil {
			return err
		}
		opened = append(opened, d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirs = append(s.dirs, opened...)
	return nil
}

// addIncoming puts the objects folder of a push that git has not accepted yet behind those that are there.
func (s *objectStore) addIncoming(dir string) error {
	d, err := openObjectDir(dir)
	if err != nil {
		return err
	}
	d.incoming = true
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirs = append(s.dirs, d)
	return nil
}

// settled reports whether the object is there without those of a push.
func (s *objectStore) settled(h plumbing.Hash) bool {
	for _, d := range s.list() {
		if d.incoming {
			continue
		}
		for _, p := range d.packs {
			if _, err := p.index.find(h); err == nil {
				return true
			}
		}
		if _, err := os.Lstat(d.loosePath(h)); err == nil {
			return true
		}
	}
	return false
}

func (s *objectStore) list() []*objectDir {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.dirs
}

func (s *objectStore) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, d := range s.dirs {
		for _, p := range d.packs {
			errs = append(errs, p.close())
		}
	}
	s.dirs = nil
	return errors.Join(errs...)
}

// withAlternates lists dir and the folders that its info/alternates name, theirs too, nearest first. A relative line is
// relative to the objects folder that names it (gitrepository-layout). A folder that is gone is left out, as git does.
func withAlternates(dir string) ([]string, error) {
	dirs := []string{dir}
	for i := 0; i < len(dirs) && len(dirs) <= maxAlternates; i++ {
		text, err := os.ReadFile(filepath.Join(dirs[i], "info", "alternates"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read alternates: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			if line == "" || line[0] == '#' {
				continue
			}
			line = unquotePath(line)
			if !filepath.IsAbs(line) {
				line = filepath.Join(dirs[i], line)
			}
			line = filepath.Clean(line)
			if info, err := os.Stat(line); err != nil || !info.IsDir() || slices.Contains(dirs, line) {
				continue
			}
			dirs = append(dirs, line)
		}
	}
	return dirs, nil
}

// unquotePath takes the quotes off a path that git has written in the manner of C.
func unquotePath(path string) string {
	if path[0] == '"' {
		if unquoted, err := strconv.Unquote(path); err == nil {
			return unquoted
		}
	}
	return path
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

// read gives an object's kind and data, in buf's memory when that is big enough. What it returns hashes to h. An object
// that is damaged in one place and sound in another is read from the other.
func (s *objectStore) read(h plumbing.Hash, buf []byte, limit int64) (plumbing.ObjectType, []byte, error) {
	var kind plumbing.ObjectType
	var data []byte
	err := s.each(h, func(p *pack, offset int64) (err error) {
		kind, data, err = p.object(offset, buf, limit, s.bases, s.base)
		return err
	}, func(d *objectDir) (err error) {
		kind, data, err = d.loose(h, buf, limit)
		return err
	}, func() error {
		if objectHash(kind, data) != h {
			return fmt.Errorf("%w: its content has another hash", ErrCorruptObject)
		}
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("read object %s: %w", h, err)
	}
	return kind, data, nil
}

// base reads the base of a delta that is in another pack.
func (s *objectStore) base(h plumbing.Hash) (*base, error) {
	kind, data, err := s.read(h, nil, maxObjectBytes)
	return &base{kind: kind, data: data}, err
}

// size gives an object's size in bytes without reading it.
func (s *objectStore) size(h plumbing.Hash) (int64, error) {
	var size int64
	err := s.each(h, func(p *pack, offset int64) (err error) {
		size, err = p.objectSize(offset, s.bases)
		return err
	}, func(d *objectDir) (err error) {
		size, err = d.looseSize(h)
		return err
	}, func() error { return nil })
	return size, err
}

// kind gives an object's kind, for which a packed one is read.
func (s *objectStore) kind(h plumbing.Hash) (plumbing.ObjectType, error) {
	var kind plumbing.ObjectType
	err := s.each(h, func(p *pack, offset int64) (err error) {
		e, err := p.entry(offset)
		if kind = e.kind; err == nil && (kind == plumbing.OFSDeltaObject || kind == plumbing.REFDeltaObject) {
			kind, _, err = p.object(offset, nil, maxTreeBytes, s.bases, s.base)
		}
		return err
	}, func(d *objectDir) error {
		return d.withLoose(h, 96, func(_ *os.File, k plumbing.ObjectType, _ int, _, _ int64) error {
			kind = k
			return nil
		})
	}, func() error { return nil })
	if err != nil {
		return 0, fmt.Errorf("read object %s: %w", h, err)
	}
	return kind, nil
}

// each tries every place where an object is until one satisfies, and returns the first error if none does.
func (s *objectStore) each(h plumbing.Hash, packed func(*pack, int64) error, loose func(*objectDir) error, check func() error) error {
	var first error
	failed := func(err error) bool {
		if err == nil {
			err = check()
		}
		if err != nil && first == nil && !errors.Is(err, fs.ErrNotExist) {
			first = err
		}
		return err != nil
	}
	dirs := s.list()
	for _, d := range dirs {
		for _, p := range d.packs {
			offset, err := p.index.find(h)
			if errors.Is(err, ErrMissingObject) {
				continue
			}
			if err == nil {
				err = packed(p, offset)
			}
			if !failed(err) {
				return nil
			}
		}
	}
	for _, d := range dirs {
		if !failed(loose(d)) {
			return nil
		}
	}
	if first != nil {
		return first
	}
	for _, d := range dirs {
		if d.damaged != nil {
			return d.damaged
		}
	}
	return ErrMissingObject
}

// has reports whether the object is there, not whether it is sound.
func (s *objectStore) has(h plumbing.Hash) bool {
	_, err := s.size(h)
	return err == nil
}

func (d *objectDir) loosePath(h plumbing.Hash) string {
	name := h.String()
	return filepath.Join(d.path, name[:2], name[2:])
}

// loose reads an object from a file of its own.
func (d *objectDir) loose(h plumbing.Hash, buf []byte, limit int64) (kind plumbing.ObjectType, data []byte, err error) {
	err = d.withLoose(h, 4096, func(file *os.File, k plumbing.ObjectType, header int, size, fileSize int64) error {
		switch {
		case size > limit:
			return errTooLarge
		case size/maxDeflate > fileSize:
			return corrupt(errors.New("more data than the file can hold"))
		}
		all, err := inflateAt(file, 0, int64(header)+size, buf)
		// The object goes to the beginning of the memory, so that all of it can be used again.
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

// withLoose opens a loose object and reads its header, "blob 12\x00", of which header is the length. hint is how many
// bytes are likely to be read.
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
		return corrupt(errors.New("header without an end"))
	}
	word, number, _ := strings.Cut(header, " ")
	kind, err := plumbing.ParseObjectType(word)
	if err != nil {
		return corrupt(err)
	}
	size, err := strconv.ParseInt(number, 10, 64)
	if err != nil || size < 0 {
		return corrupt(errors.New("malformed size"))
	}
	return use(file, kind, len(header)+1, size, info.Size())
}

// withPrefix lists the objects whose names start with the hex digits of prefix, which are lower-case and at least 2,
// ordered and each once.
func (s *objectStore) withPrefix(prefix string) ([]plumbing.Hash, error) {
	whole, err := hex.DecodeString(prefix[:len(prefix)&^1])
	if err != nil {
		return nil, err
	}
	var found []plumbing.Hash
	for _, d := range s.list() {
		for _, p := range d.packs {
			if found, err = p.index.withPrefix(whole, found); err != nil {
				return nil, err
			}
		}
		entries, err := os.ReadDir(filepath.Join(d.path, prefix[:2]))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			if name := prefix[:2] + e.Name(); strings.HasPrefix(name, prefix) && plumbing.IsHash(name) {
				found = append(found, plumbing.NewHash(name))
			}
		}
	}
	found = slices.DeleteFunc(found, func(h plumbing.Hash) bool { return !strings.HasPrefix(h.String(), prefix) })
	slices.SortFunc(found, func(a, b plumbing.Hash) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(found), nil
}

// objectHash is the name that git gives an object. The hash is the plain SHA-1 of the standard library: whoever could
// plant a collision would have to get it past git, which refuses the known attack, before it gets here.
func objectHash(kind plumbing.ObjectType, data []byte) plumbing.Hash {
	h := hashers.Get().(*hasher)
	defer hashers.Put(h)
	h.Reset()
	h.head = append(h.head[:0], kind.Bytes()...)
	h.head = append(h.head, ' ')
	h.head = strconv.AppendInt(h.head, int64(len(data)), 10)
	h.head = append(h.head, 0)
	h.Write(h.head)
	h.Write(data)
	return plumbing.Hash(h.Sum(h.sum[:0]))
}

type hasher struct {
	hash.Hash
	head []byte
	sum  [hashBytes]byte
}

var hashers = sync.Pool{New: func() any { return &hasher{Hash: sha1.New(), head: make([]byte, 0, 32)} }}
