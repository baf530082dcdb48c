package advisory

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/atomicfile"
)

// Built is a section and its bytes: the blocks, then the index.
type Built struct {
	Section Section
	Data    []byte
}

// pack makes the bytes of a section and fills in its metadata. packages must be sorted by hash, then by name.
func pack(s *Section, packages []blockPackage) ([]byte, error) {
	var data bytes.Buffer
	var index []byte
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	for start := 0; start < len(packages); {
		stop := start + 1
		hash := hashName(packages[start].Name)
		for stop < len(packages) && hashName(packages[stop].Name) == hash {
			stop++
		}
		text, err := json.Marshal(block{packages[start:stop]})
		if err != nil {
			return nil, err
		}
		packed.Reset()
		deflate.Reset(&packed)
		if _, err := deflate.Write(text); err != nil {
			return nil, err
		}
		if err := deflate.Close(); err != nil {
			return nil, err
		}
		index = indexEntry{hash: hash, offset: uint64(data.Len()), length: uint32(packed.Len()), sum: checksum(packed.Bytes())}.append(index)
		_, _ = data.Write(packed.Bytes())
		start = stop
	}
	_, _ = data.Write(index)
	s.Length, s.IndexLength, s.IndexSum = int64(data.Len()), int64(len(index)), checksum(index)
	return data.Bytes(), nil
}

// Write writes a file with the given sections, and with the sections of other ecosystems from the existing file at path.
// The write is atomic: readers keep the old file, and it stays if the program is killed. An unusable old file counts as
// missing.
func Write(path string, built []Built) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	err := atomicfile.Write(path, atomicfile.Options{Mode: 0o644, Sync: true}, func(temp *os.File) error { return write(temp, path, built) })
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Touch records that the data of one ecosystem was up to date at fetched: the server has nothing newer.
func Touch(path string, e scan.Ecosystem, fetched time.Time) error {
	db, err := Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	s, ok := db.Section(e)
	if !ok {
		return fmt.Errorf("%s has no advisories on %s", path, e)
	}
	data := make([]byte, s.Length)
	if _, err := db.file.ReadAt(data, s.Offset); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	s.Fetched = fetched.UTC().Truncate(time.Second)
	return Write(path, []Built{{s, data}})
}

func write(to io.Writer, path string, built []Built) error {
	old, err := Open(path)
	if err != nil && !errors.Is(err, ErrUnusable) && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	defer func() { _ = old.Close() }()
	w := sectionWriter{to: to}
	w.write([]byte(magic))
	var sections []Section
	for _, b := range built {
		s := b.Section
		s.Offset = w.offset
		w.write(b.Data)
		sections = append(sections, s)
	}
	if old != nil {
		for _, s := range old.dir.Sections {
			if slices.ContainsFunc(built, func(b Built) bool { return b.Section.Ecosystem == s.Ecosystem }) {
				continue
			}
			from := io.NewSectionReader(old.file, s.Offset, s.Length)
			s.Offset = w.offset
			w.copy(from)
			sections = append(sections, s)
		}
	}
	slices.SortFunc(sections, func(a, b Section) int { return strings.Compare(string(a.Ecosystem), string(b.Ecosystem)) })
	dir, err := json.Marshal(directory{sections})
	if err != nil {
		return err
	}
	offset := w.offset
	w.write(dir)
	w.write(appendTrailer(nil, offset, dir))
	return w.err
}

// sectionWriter counts the written bytes and keeps the first error.
type sectionWriter struct {
	to     io.Writer
	offset int64
	err    error
}

func (w *sectionWriter) write(data []byte) { w.copy(bytes.NewReader(data)) }

func (w *sectionWriter) copy(from io.Reader) {
	if w.err != nil {
		return
	}
	n, err := io.Copy(w.to, from)
	w.offset += n
	w.err = err
}
