package osv_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// client calls the stub and does not wait.
func client(url string) *osv.Client {
	return &osv.Client{Download: url, API: url, Agent: "test", Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func store(t *testing.T, url string, mode osv.UpdateMode) *osv.Store {
	t.Helper()
	s := &osv.Store{
		Path: filepath.Join(t.TempDir(), "cache", "advisories.db"), Mode: mode, Client: client(url), Timeout: time.Minute,
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func packages(names ...string) []scan.Package {
	var list []scan.Package
	for _, name := range names {
		ecosystem, name, _ := strings.Cut(name, " ")
		list = append(list, scan.Package{Ecosystem: scan.Ecosystem(ecosystem), Name: name, Version: "1.0.0"})
	}
	return list
}

func ids(found sca.Found) []string {
	var list []string
	for _, advisories := range found.Advisories {
		var words []string
		for _, a := range advisories {
			words = append(words, a.ID)
		}
		list = append(list, strings.Join(words, " "))
	}
	return list
}

func TestStoreBringsWhatAScanNeeds(t *testing.T) {
	t.Parallel()
	osvDev, url := newStub(t, record("GHSA-a", "npm", "a"), record("GHSA-b", "npm", "a"), record("PYSEC-1", "PyPI", "p"), record("GO-1", "Go", "g"))
	s := store(t, url, osv.UpdateAuto)
	found, err := s.Find(t.Context(), packages("npm a", "PyPI P", "npm none"))
	require.NoError(t, err)
	require.Equal(t, []string{"GHSA-a GHSA-b", "PYSEC-1", ""}, ids(found))
	require.Empty(t, found.Unchecked)
	require.Empty(t, found.Notes)
	require.Equal(t, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), found.Date)
	require.Equal(t, []string{"GET /PyPI/all.zip", "GET /npm/all.zip"}, osvDev.seen())

	// The base of a pull request asks for the same and for more: only the missing records are fetched.
	found, err = s.Find(t.Context(), packages("npm a", "Go g"))
	require.NoError(t, err)
	require.Equal(t, []string{"GHSA-a GHSA-b", "GO-1"}, ids(found))
	require.Equal(t, []string{"GET /PyPI/all.zip", "GET /npm/all.zip", "GET /Go/all.zip"}, osvDev.seen())

	// The next run finds fresh data. A day later the store asks the server, which has nothing newer.
	later := store(t, url, osv.UpdateAuto)
	later.Path = s.Path
	_, err = later.Find(t.Context(), packages("npm a"))
	require.NoError(t, err)
	require.Len(t, osvDev.seen(), 3)
	nextDay := store(t, url, osv.UpdateAuto)
	nextDay.Path, nextDay.Now = s.Path, func() time.Time { return now.Add(25 * time.Hour) }
	found, err = nextDay.Find(t.Context(), packages("npm a"))
	require.NoError(t, err)
	require.Equal(t, []string{"GHSA-a GHSA-b"}, ids(found))
	require.Len(t, osvDev.seen(), 4)
	db, err := advisory.Open(s.Path)
	require.NoError(t, err)
	section, _ := db.Section(scan.EcosystemNPM)
	require.NoError(t, db.Close())
	require.Equal(t, now.Add(25*time.Hour), section.Fetched)
}

// Old data is better than no data, but the scan must say so loudly.
func TestOldDataIsBetterThanNone(t *testing.T) {
	t.Parallel()
	osvDev, url := newStub(t, record("GHSA-a", "npm", "a"))
	s := store(t, url, osv.UpdateAuto)
	require.NoError(t, s.Client.Update(t.Context(), s.Path, []scan.Ecosystem{scan.EcosystemNPM}, now.Add(-9*24*time.Hour), nil))
	osvDev.fail, osvDev.status = 100, http.StatusServiceUnavailable
	found, err := s.Find(t.Context(), packages("npm a", "PyPI p"))
	require.NoError(t, err)
	require.Equal(t, []string{"GHSA-a", ""}, ids(found))
	require.Len(t, found.Notes, 1)
	require.Contains(t, found.Notes[0].Text, "THE ADVISORIES OF NPM ARE 9 DAYS OLD, because newer ones could not be downloaded")
	require.Contains(t, found.Unchecked[scan.EcosystemPyPI], "its advisories could not be downloaded")
	require.Len(t, osvDev.seen(), 1+3+3, "three attempts each")

	off := store(t, url, osv.UpdateOff)
	off.Path = s.Path
	found, err = off.Find(t.Context(), packages("npm a", "PyPI p"))
	require.NoError(t, err)
	require.Contains(t, found.Notes[0].Text, "9 DAYS OLD")
	require.Contains(t, found.Unchecked[scan.EcosystemPyPI], "sluice db update")
	require.Len(t, osvDev.seen(), 7, "nothing is downloaded")
}

func TestDownloadsThatGoWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail, status int
		cut          bool
		ecosystem    scan.Ecosystem
		problem      string
	}{
		"once busy":         {fail: 1, status: http.StatusTooManyRequests},
		"always busy":       {fail: 9, status: http.StatusTooManyRequests, problem: "429 too many requests"},
		"refused":           {fail: 9, status: http.StatusForbidden, problem: "403 forbidden"},
		"cut off":           {cut: true, problem: "broke off"},
		"no such ecosystem": {ecosystem: scan.EcosystemHex, problem: "404 not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			osvDev, url := newStub(t, record("GHSA-a", "npm", "a"))
			osvDev.fail, osvDev.status, osvDev.cut = c.fail, c.status, c.cut
			s := store(t, url, osv.UpdateAuto)
			ecosystem := c.ecosystem
			if ecosystem == "" {
				ecosystem = scan.EcosystemNPM
			}
			err := s.Client.Update(t.Context(), s.Path, []scan.Ecosystem{ecosystem}, now, nil)
			if c.problem == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.problem)
			left, err := os.ReadDir(filepath.Dir(s.Path))
			require.NoError(t, err)
			require.Empty(t, left, "nothing is left of a download that failed")
		})
	}
}

// A redirect to another host is not followed.
func TestNothingLeadsElsewhere(t *testing.T) {
	t.Parallel()
	_, other := newStub(t, record("GHSA-a", "npm", "a"))
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {other + r.URL.Path}}, Body: http.NoBody, Request: r}, nil
	})
	c := &osv.Client{HTTP: transport, Wait: func(context.Context, time.Duration) error { return nil }}
	err := c.Update(t.Context(), filepath.Join(t.TempDir(), "a.db"), []scan.Ecosystem{scan.EcosystemNPM}, now, nil)
	require.ErrorContains(t, err, "it leads to another host")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// No error of a mirror contains its password.
func TestNoPasswordOfAMirrorInErrors(t *testing.T) {
	t.Parallel()
	const canary = "canary-password"
	c := &osv.Client{Download: "https://user:" + canary + "@mirror.example.com", Wait: func(context.Context, time.Duration) error { return nil },
		HTTP: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") })}
	err := c.Update(t.Context(), filepath.Join(t.TempDir(), "a.db"), []scan.Ecosystem{scan.EcosystemNPM}, now, nil)
	require.ErrorContains(t, err, "mirror.example.com cannot be reached")
	require.NotContains(t, err.Error(), canary)
	c.Download = "https://user:" + canary + "@mirror.example.com:port"
	err = c.Update(t.Context(), filepath.Join(t.TempDir(), "a.db"), []scan.Ecosystem{scan.EcosystemNPM}, now, nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), canary)
}

// A damaged cache is downloaded again.
func TestADamagedCacheIsMadeAnew(t *testing.T) {
	t.Parallel()
	_, url := newStub(t, record("GHSA-a", "npm", "a"))
	s := store(t, url, osv.UpdateAuto)
	require.NoError(t, os.MkdirAll(filepath.Dir(s.Path), 0o700))
	require.NoError(t, os.WriteFile(s.Path, []byte("sluice advisories 0\nrubbish"), 0o600))
	found, err := s.Find(t.Context(), packages("npm a"))
	require.NoError(t, err)
	require.Equal(t, []string{"GHSA-a"}, ids(found))
	require.NoError(t, os.WriteFile(s.Path, []byte("rubbish"), 0o600))
	off := store(t, url, osv.UpdateOff)
	off.Path = s.Path
	_, err = off.Find(t.Context(), packages("npm a"))
	require.ErrorIs(t, err, advisory.ErrUnusable)
}

func TestAPI(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 25 {
		records = append(records, record(fmt.Sprintf("GHSA-%02d", i), "npm", "a"))
	}
	osvDev, url := newStub(t, append(records, record("PYSEC-1", "PyPI", "some-name"))...)
	osvDev.pageSize = 10
	api := &osv.API{Client: client(url), Timeout: time.Minute, Now: func() time.Time { return now }}
	list := packages("npm a", "PyPI Some.Name", "npm a")
	for i := range 2500 {
		list = append(list, scan.Package{Ecosystem: scan.EcosystemNPM, Name: fmt.Sprintf("p%d", i), Version: "1.0.0"})
	}
	found, err := api.Find(t.Context(), list)
	require.NoError(t, err)
	require.Len(t, found.Advisories[0], 25, "all pages")
	require.Equal(t, found.Advisories[0], found.Advisories[2])
	require.Equal(t, "PYSEC-1", found.Advisories[1][0].ID)
	batches, records2 := 0, 0
	for _, r := range osvDev.seen() {
		if r == "POST /v1/querybatch" {
			batches++
		} else {
			records2++
		}
	}
	require.Equal(t, 3+1, batches, "2502 different packages, and two more pages for one of them, which fit into later batches")
	require.Equal(t, 26, records2, "each record once")
	require.LessOrEqual(t, osvDev.most, 16)

	// The base asks for the same records, which are cached.
	before := len(osvDev.seen())
	_, err = api.Find(t.Context(), packages("npm a"))
	require.NoError(t, err)
	require.Len(t, osvDev.seen(), before+3, "three pages, no record")

	osvDev.fail, osvDev.status = 100, http.StatusInternalServerError
	_, err = api.Find(t.Context(), packages("npm a"))
	require.ErrorContains(t, err, "500 internal server error")
}

func TestUpdateModes(t *testing.T) {
	t.Parallel()
	var mode osv.UpdateMode
	require.NoError(t, mode.UnmarshalText([]byte(" Force ")))
	require.Equal(t, osv.UpdateForce, mode)
	require.ErrorContains(t, mode.UnmarshalText([]byte("maybe")), "auto, off or force")
	osvDev, url := newStub(t, record("GHSA-a", "npm", "a"))
	s := store(t, url, osv.UpdateForce)
	for range 2 {
		_, err := s.Find(t.Context(), packages("npm a"))
		require.NoError(t, err)
	}
	require.Len(t, osvDev.seen(), 1, "once a scan")
}
