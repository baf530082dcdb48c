package advisory_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

var day = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// record makes an OSV record about one package.
func record(id, ecosystem, name, more string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2026-11-0%dT00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]%s}`,
		id, 1+len(id)%9, ecosystem, name, more)
}

// built makes the sections of records.
func built(t *testing.T, only []scan.Ecosystem, records ...string) []advisory.Built {
	t.Helper()
	b := advisory.NewBuilder(only...)
	for i, r := range records {
		b.Add(fmt.Sprint(i), []byte(r))
	}
	require.Empty(t, b.Stats.Refused)
	sections, err := b.Sections(day)
	require.NoError(t, err)
	return sections
}

func open(t *testing.T, path string) *advisory.DB {
	t.Helper()
	db, err := advisory.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, db.Verify())
	return db
}

func ids(t *testing.T, db *advisory.DB, e scan.Ecosystem, name string) string {
	t.Helper()
	list, err := db.Find(e, name)
	require.NoError(t, err)
	var out []string
	for _, a := range list {
		out = append(out, a.ID)
	}
	return strings.Join(out, " ")
}

func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "advisories.db")
	records := []string{
		record("GHSA-b", "PyPI", "Some_Package", ""), record("GHSA-a", "PyPI", "some.package", ""), record("GHSA-c", "npm", "JSONStream", ""),
		record("GHSA-d", "npm", "gone", `,"withdrawn":"2026-01-01T00:00:00Z"`), record("DSA-1", "Debian:12", "openssl", ""),
	}
	require.NoError(t, advisory.Write(path, built(t, nil, records...)))
	db := open(t, path)
	require.Equal(t, "GHSA-a GHSA-b", ids(t, db, scan.EcosystemPyPI, "SOME-package"))
	require.Equal(t, "GHSA-c", ids(t, db, scan.EcosystemNPM, "JSONStream"))
	require.Empty(t, ids(t, db, scan.EcosystemNPM, "jsonstream"))
	require.Empty(t, ids(t, db, scan.EcosystemNPM, "gone"))
	require.Empty(t, ids(t, db, scan.EcosystemGo, "anything"))
	sections := db.Sections()
	require.Len(t, sections, 2, "what no file of a project names is left out")
	require.Equal(t, scan.EcosystemPyPI, sections[0].Ecosystem)
	require.Equal(t, [2]int{1, 2}, [2]int{sections[0].Packages, sections[0].Advisories})
	require.Equal(t, day, sections[0].Fetched)

	// A later build replaces its own ecosystems and keeps the others.
	require.NoError(t, advisory.Write(path, built(t, []scan.Ecosystem{scan.EcosystemNPM}, record("GHSA-e", "npm", "left-pad", ""), record("GHSA-f", "PyPI", "stray", ""))))
	again := open(t, path)
	require.Equal(t, "GHSA-e", ids(t, again, scan.EcosystemNPM, "left-pad"))
	require.Empty(t, ids(t, again, scan.EcosystemNPM, "JSONStream"))
	require.Equal(t, "GHSA-a GHSA-b", ids(t, again, scan.EcosystemPyPI, "some-package"))
	require.Empty(t, ids(t, again, scan.EcosystemPyPI, "stray"), "a few records on another ecosystem do not pass for its data")
	// A reader that has the old file open can still read it.
	require.Equal(t, "GHSA-c", ids(t, db, scan.EcosystemNPM, "JSONStream"))

	require.NoError(t, advisory.Touch(path, scan.EcosystemNPM, day.Add(48*time.Hour)))
	touched := open(t, path)
	section, ok := touched.Section(scan.EcosystemNPM)
	require.True(t, ok)
	require.Equal(t, day.Add(48*time.Hour), section.Fetched)
	require.Equal(t, "GHSA-e", ids(t, touched, scan.EcosystemNPM, "left-pad"))
}

// The order of the records does not matter.
func TestTheSameRecordsGiveTheSameFile(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 200 {
		records = append(records, record(fmt.Sprintf("GHSA-%03d", i), []string{"npm", "PyPI", "Go"}[i%3], fmt.Sprintf("package-%d", i%50), ""))
	}
	write := func() []byte {
		path := filepath.Join(t.TempDir(), "a.db")
		require.NoError(t, advisory.Write(path, built(t, nil, records...)))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		return data
	}
	first := write()
	slices.Reverse(records)
	require.True(t, bytes.Equal(first, write()))
}

// An unrated record borrows the rating of its alias in another database.
func TestUnratedBorrowsFromItsAlias(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	require.NoError(t, advisory.Write(path, built(t, []scan.Ecosystem{scan.EcosystemGo},
		record("GO-1", "Go", "example.com/a", `,"aliases":["CVE-1"]`), record("GO-2", "Go", "example.com/b", ""),
		record("GHSA-1", "npm", "a", `,"aliases":["CVE-1"],"database_specific":{"severity":"CRITICAL"}`))))
	db := open(t, path)
	list, err := db.Find(scan.EcosystemGo, "example.com/a")
	require.NoError(t, err)
	require.Equal(t, scan.SeverityCritical, list[0].Severity)
	require.Equal(t, "CVE-1", list[0].Rated)
	list, err = db.Find(scan.EcosystemGo, "example.com/b")
	require.NoError(t, err)
	require.Equal(t, scan.SeverityMedium, list[0].Severity)
	require.Empty(t, list[0].Rated)
}

// Whichever byte of the file is wrong, and wherever it is truncated: either it is refused with advice, or the data that
// is read is correct.
func TestDamage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	require.NoError(t, advisory.Write(path, built(t, nil, record("GHSA-a", "npm", "a", ""), record("GHSA-b", "PyPI", "b", ""))))
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	try := func(data []byte) error {
		bad := filepath.Join(t.TempDir(), "bad.db")
		require.NoError(t, os.WriteFile(bad, data, 0o600))
		db, err := advisory.Open(bad)
		if err == nil {
			err = db.Verify()
			_ = db.Close()
		}
		return err
	}
	require.NoError(t, try(whole))
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x55
		require.ErrorIs(t, try(bad), advisory.ErrUnusable, "byte %d", i)
		if i%7 == 0 {
			require.ErrorIs(t, try(whole[:i]), advisory.ErrUnusable, "cut at %d", i)
		}
	}
	other := bytes.Replace(whole, []byte("sluice advisories 1"), []byte("sluice advisories 2"), 1)
	require.ErrorContains(t, try(other), "another version of Sluice")
	require.ErrorContains(t, try(other), "sluice db update")
	_, err = advisory.Open(t.TempDir())
	require.ErrorIs(t, err, advisory.ErrUnusable)
	_, err = advisory.Open(path + ".none")
	require.ErrorIs(t, err, os.ErrNotExist)
	// An unusable file does not prevent a new one from being written.
	require.NoError(t, os.WriteFile(path, []byte("rubbish"), 0o600))
	require.NoError(t, advisory.Write(path, built(t, nil, record("GHSA-a", "npm", "a", ""))))
	open(t, path)
}

// Every reader sees a complete file.
func TestWritersAndReadersAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	sections := [][]advisory.Built{built(t, nil, record("GHSA-a", "npm", "a", "")), built(t, nil, record("GHSA-b", "PyPI", "b", ""))}
	require.NoError(t, advisory.Write(path, slices.Concat(sections...)))
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for range 25 {
				if err := advisory.Write(path, sections[i%2]); err != nil {
					t.Error(err)
				}
			}
		})
		wait.Go(func() {
			for range 50 {
				db, err := advisory.Open(path)
				if err != nil {
					t.Error(err)
					return
				}
				if err := db.Verify(); err != nil || len(db.Sections()) != 2 {
					t.Error(err, db.Sections())
				}
				_ = db.Close()
			}
		})
	}
	wait.Wait()
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file is left")
}

func TestSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range map[string]string{"a.json": record("GHSA-a", "npm", "a", ""), "b.json": "{", "readme.txt": "no record"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.zip"), packed.Bytes(), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "more"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "more", "c.json"), []byte(record("GHSA-c", "npm", "c", "")), 0o600))
	b := advisory.NewBuilder()
	require.NoError(t, b.AddPath(dir))
	require.Equal(t, 3, b.Stats.Records)
	require.Equal(t, 1, b.Stats.RefusedCount)
	require.Contains(t, b.Stats.Refused[0], "b.json")
	sections, err := b.Sections(day)
	require.NoError(t, err)
	require.Equal(t, 2, sections[0].Section.Packages)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "cut.zip"), packed.Bytes()[:packed.Len()/2], 0o600))
	require.ErrorContains(t, advisory.NewBuilder().AddPath(filepath.Join(dir, "cut.zip")), "read the zip")
	require.Error(t, advisory.NewBuilder().AddPath(filepath.Join(dir, "none")))
}
