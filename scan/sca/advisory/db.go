package advisory

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// DB is an open advisory file. It is safe for concurrent use.
type DB struct {
	// Path is where it was opened.
	Path string

	file io.ReaderAt
	end  io.Closer
	dir  directory

	mu      sync.Mutex
	indexes map[scan.Ecosystem][]byte
}

// Open opens a file and reads only its directory. Close it with [DB.Close]. The error is [ErrUnusable] for another kind
// of file, another version, or a damaged file; it says what to do.
func Open(path string) (*DB, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = unusable("it is not a regular file")
	}
	var db *DB
	if err == nil {
		db, err = newDB(f, info.Size())
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db.Path, db.end = path, f
	return db, nil
}

func newDB(file io.ReaderAt, size int64) (*DB, error) {
	head := make([]byte, len(magic))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case string(head) == magic:
	case bytes.HasPrefix(head, []byte(magicStem)):
		return nil, unusable("it was written by another version of Sluice")
	default:
		return nil, unusable("it does not begin like an advisory file")
	}
	if size < int64(len(magic)+trailerSize) {
		return nil, unusable("it is truncated")
	}
	trailer := make([]byte, trailerSize)
	if _, err := file.ReadAt(trailer, size-int64(trailerSize)); err != nil {
		return nil, err
	}
	offset, length := int64(binary.LittleEndian.Uint64(trailer)), int64(binary.LittleEndian.Uint64(trailer[8:]))
	if string(trailer[20:]) != magic || length < 0 || length > maxDirectory || offset < 0 || offset > size || offset+length+int64(trailerSize) != size {
		return nil, unusable("it is truncated")
	}
	text := make([]byte, length)
	if _, err := file.ReadAt(text, offset); err != nil {
		return nil, err
	}
	if checksum(text) != binary.LittleEndian.Uint32(trailer[16:]) {
		return nil, unusable("the checksum of its directory is wrong")
	}
	dir, err := parseDirectory(text, offset)
	if err != nil {
		return nil, err
	}
	return &DB{file: file, dir: dir, indexes: map[scan.Ecosystem][]byte{}}, nil
}

// Close closes the file.
func (db *DB) Close() error {
	if db == nil || db.end == nil {
		return nil
	}
	return db.end.Close()
}

// Sections lists the ecosystems, ordered by name.
func (db *DB) Sections() []Section { return slices.Clone(db.dir.Sections) }

// Section returns the section of an ecosystem; ok is false if the file has no data on it.
func (db *DB) Section(e scan.Ecosystem) (s Section, ok bool) {
	for _, s := range db.dir.Sections {
		if s.Ecosystem == e {
			return s, true
		}
	}
	return Section{}, false
}

// Date returns the date of the data on some ecosystems: the oldest of their dates. The date of an ecosystem is that of
// its newest record or, if its records have no dates, the download time. It is zero if the file has none of the
// ecosystems.
func (db *DB) Date(ecosystems []scan.Ecosystem) time.Time {
	var oldest time.Time
	for _, e := range ecosystems {
		s, ok := db.Section(e)
		if !ok {
			continue
		}
		date := s.Modified
		if date.IsZero() {
			date = s.Fetched
		}
		if oldest.IsZero() || date.Before(oldest) {
			oldest = date
		}
	}
	return oldest
}

// Find returns the advisories of a package, sorted by id. name may be any form of its name. The result is nil if there
// are none or the file has no data on the ecosystem.
func (db *DB) Find(e scan.Ecosystem, name string) ([]Advisory, error) {
	section, ok := db.Section(e)
	if !ok {
		return nil, nil
	}
	index, err := db.index(&section)
	if err != nil {
		return nil, err
	}
	name = e.Normal(name)
	hash := hashName(name)
	n := len(index) / entrySize
	i := sort.Search(n, func(i int) bool { return binary.LittleEndian.Uint64(index[i*entrySize:]) >= hash })
	if i == n {
		return nil, nil
	}
	entry := readEntry(index[i*entrySize:])
	if entry.hash != hash {
		return nil, nil
	}
	b, err := db.block(&section, entry)
	if err != nil {
		return nil, err
	}
	for _, p := range b.Packages {
		if p.Name == name {
			return p.Advisories, nil
		}
	}
	return nil, nil
}

// index returns the index of a section, which is read once.
func (db *DB) index(s *Section) ([]byte, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if index, ok := db.indexes[s.Ecosystem]; ok {
		return index, nil
	}
	index := make([]byte, s.IndexLength)
	if _, err := db.file.ReadAt(index, s.Offset+s.Length-s.IndexLength); err != nil {
		return nil, fmt.Errorf("read the index of %s: %w", s.Ecosystem, err)
	}
	if checksum(index) != s.IndexSum {
		return nil, unusable("the checksum of its index of %s is wrong", s.Ecosystem)
	}
	db.indexes[s.Ecosystem] = index
	return index, nil
}

func (db *DB) block(s *Section, e indexEntry) (*block, error) {
	if e.offset > uint64(s.Length) || uint64(e.length) > uint64(s.Length)-e.offset {
		return nil, unusable("a block of %s is outside the file", s.Ecosystem)
	}
	packed := make([]byte, e.length)
	if _, err := db.file.ReadAt(packed, s.Offset+int64(e.offset)); err != nil {
		return nil, fmt.Errorf("read advisories of %s: %w", s.Ecosystem, err)
	}
	if checksum(packed) != e.sum {
		return nil, unusable("the checksum of a block of %s is wrong", s.Ecosystem)
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxBlock+1))
	if err != nil || len(text) > maxBlock {
		return nil, unusable("a block of %s cannot be unpacked", s.Ecosystem)
	}
	b := &block{}
	if err := json.Unmarshal(text, b); err != nil {
		return nil, unusable("a block of %s cannot be read", s.Ecosystem)
	}
	return b, nil
}

// Verify reads everything and reports the first damage.
func (db *DB) Verify() error {
	for i := range db.dir.Sections {
		s := &db.dir.Sections[i]
		index, err := db.index(s)
		if err != nil {
			return err
		}
		packages, advisories := 0, 0
		for at := 0; at < len(index); at += entrySize {
			b, err := db.block(s, readEntry(index[at:]))
			if err != nil {
				return err
			}
			for _, p := range b.Packages {
				packages++
				advisories += len(p.Advisories)
				if !slices.IsSortedFunc(p.Advisories, func(a, b Advisory) int { return strings.Compare(a.ID, b.ID) }) {
					return unusable("advisories of %s are out of order", s.Ecosystem)
				}
			}
		}
		if packages != s.Packages || advisories != s.Advisories {
			return unusable("%s has another number of advisories than it says", s.Ecosystem)
		}
	}
	return nil
}
