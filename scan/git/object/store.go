package object

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// CacheBytes limits the memory for the bases of deltas.
const CacheBytes = 64 << 20

// Store reads git objects by name from the repository's own folder, from its alternates, and from additional folders of
// fetched objects. It is safe for concurrent use and writes nothing.
type Store struct {
	bases *baseCache

	mu   sync.RWMutex
	dirs []*objectDir
}

// Open opens an objects folder and its alternates. The caller must close the store.
func Open(dir string) (*Store, error) {
	s := &Store{bases: newBaseCache(CacheBytes)}
	err := s.Add(dir)
	return s, err
}

// Add appends an objects folder and its alternates.
func (s *Store) Add(dir string) error {
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

// AddIncoming appends the objects folder of a push that git has not accepted yet.
func (s *Store) AddIncoming(dir string) error {
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

// Settled reports whether the object exists outside the objects of a push.
func (s *Store) Settled(h plumbing.Hash) bool {
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

// Folders lists the paths of the objects folders, in search order.
func (s *Store) Folders() []string {
	var paths []string
	for _, d := range s.list() {
		paths = append(paths, d.path)
	}
	return paths
}

func (s *Store) list() []*objectDir {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.dirs
}

// Close closes the packs. The store has no objects afterwards.
func (s *Store) Close() error {
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

// Read returns the type and data of an object, in buf's memory if that is large enough. The hash of the result is h. If
// one copy of an object is damaged, another copy is used. Errors: [ErrMissing], [ErrCorrupt], [ErrTooLarge].
func (s *Store) Read(h plumbing.Hash, buf []byte, limit int64) (plumbing.ObjectType, []byte, error) {
	var kind plumbing.ObjectType
	var data []byte
	err := s.each(h, func(p *pack, offset int64) (err error) {
		kind, data, err = p.object(offset, buf, limit, s.bases, s.base)
		return err
	}, func(d *objectDir) (err error) {
		kind, data, err = d.loose(h, buf, limit)
		return err
	}, func() error {
		if Hash(kind, data) != h {
			return fmt.Errorf("%w: its content has another hash", ErrCorrupt)
		}
		return nil
	})
	if err != nil {
		return 0, nil, fmt.Errorf("read object %s: %w", h, err)
	}
	return kind, data, nil
}

// base reads the base of a delta that is in another pack.
func (s *Store) base(h plumbing.Hash) (*base, error) {
	kind, data, err := s.Read(h, nil, MaxBytes)
	return &base{kind: kind, data: data}, err
}

// Size returns the size of an object in bytes without reading it.
func (s *Store) Size(h plumbing.Hash) (int64, error) {
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

// Kind returns the type of an object. For a packed object it reads the object.
func (s *Store) Kind(h plumbing.Hash) (plumbing.ObjectType, error) {
	var kind plumbing.ObjectType
	err := s.each(h, func(p *pack, offset int64) (err error) {
		e, err := p.entry(offset)
		if kind = e.kind; err == nil && (kind == plumbing.OFSDeltaObject || kind == plumbing.REFDeltaObject) {
			kind, _, err = p.object(offset, nil, MaxTreeBytes, s.bases, s.base)
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

// each tries every copy of an object until one succeeds, and otherwise returns the first error.
func (s *Store) each(h plumbing.Hash, packed func(*pack, int64) error, loose func(*objectDir) error, check func() error) error {
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
			if errors.Is(err, ErrMissing) {
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
	return ErrMissing
}

// Has reports whether the object exists, not whether it is intact.
func (s *Store) Has(h plumbing.Hash) bool {
	_, err := s.Size(h)
	return err == nil
}

// WithPrefix lists the objects whose names begin with the hex digits of prefix, sorted and without duplicates. prefix
// must be in lower case and have at least 2 digits.
func (s *Store) WithPrefix(prefix string) ([]plumbing.Hash, error) {
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
