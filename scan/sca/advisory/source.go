package advisory

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxRecord limits one record; the largest known has about 5 MB.
	maxRecord = 64 << 20
	// maxZip limits the unpacked size of one zip; npm's, the largest, has about 1 GB.
	maxZip = 16 << 30
)

// AddZip adds every .json file of a zip, such as OSV's all.zip. An error means that the zip itself is damaged, for
// example by an interrupted download.
func (b *Builder) AddZip(r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("read the zip: %w", err)
	}
	var total uint64
	for _, f := range z.File {
		if !isRecord(f.Name) || f.FileInfo().IsDir() {
			continue
		}
		if total += f.UncompressedSize64; f.UncompressedSize64 > maxRecord || total > maxZip {
			return errors.New("the unpacked zip is larger than advisories can be")
		}
		data, err := readEntryOf(f)
		if err != nil {
			return fmt.Errorf("read %s of the zip: %w", filepath.Base(f.Name), err)
		}
		b.Add(f.Name, data)
	}
	return nil
}

func readEntryOf(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = errors.New("larger than a record can be")
	}
	return data, err
}

// AddPath adds a zip, one record, or all .json files and zips below a folder.
func (b *Builder) AddPath(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return b.addFile(path)
	}
	return filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !isRecord(name) && !strings.HasSuffix(name, ".zip") {
			return err
		}
		return b.addFile(name)
	})
}

func (b *Builder) addFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !isRecord(path) {
		if err := b.AddZip(f, info.Size()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	if info.Size() > maxRecord {
		return fmt.Errorf("%s is larger than a record can be", path)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	b.Add(path, data)
	return nil
}

func isRecord(name string) bool { return strings.HasSuffix(name, ".json") }
