package osv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// UpdateMode says when a store downloads.
type UpdateMode string

// The modes.
const (
	// UpdateAuto downloads data that is missing or older than a day.
	UpdateAuto UpdateMode = "auto"
	// UpdateOff never downloads.
	UpdateOff UpdateMode = "off"
	// UpdateForce downloads the data that a scan needs, even if it is new.
	UpdateForce UpdateMode = "force"
)

// UnmarshalText reads a mode's name in any case.
func (m *UpdateMode) UnmarshalText(text []byte) error {
	switch word := UpdateMode(strings.ToLower(strings.TrimSpace(string(text)))); word {
	case UpdateAuto, UpdateOff, UpdateForce:
		*m = word
		return nil
	}
	return fmt.Errorf("%q is not a way to update: use auto, off or force", string(text))
}

// Fresh is how long data counts as up to date.
const Fresh = 24 * time.Hour

// Store is an advisory file that is kept up to date. It implements sca.Advisories and is safe for concurrent use. Close
// it after the last lookup.
type Store struct {
	// Path is the file. Temporary makes Close delete its folder.
	Path      string
	Temporary string
	Mode      UpdateMode
	Client    *Client
	// Timeout limits the downloads of one scan.
	Timeout time.Duration
	Now     func() time.Time
	Log     *slog.Logger

	mu sync.Mutex
	// tried holds the ecosystems that this store has tried to update, with the error, or nil.
	tried map[scan.Ecosystem]error
	db    *advisory.DB
}

// Close closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.db.Close()
	s.db = nil
	if s.Temporary != "" {
		err = errors.Join(err, os.RemoveAll(s.Temporary))
	}
	return err
}

// Find implements sca.Advisories.
func (s *Store) Find(ctx context.Context, packages []scan.Package) (sca.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ecosystems []scan.Ecosystem
	for i := range packages {
		if e := packages[i].Ecosystem; !slices.Contains(ecosystems, e) {
			ecosystems = append(ecosystems, e)
		}
	}
	slices.Sort(ecosystems)
	if err := s.open(ctx, ecosystems); err != nil {
		return sca.Found{}, err
	}
	found := sca.Found{Advisories: make([][]advisory.Advisory, len(packages)), Unchecked: map[scan.Ecosystem]string{}}
	for _, e := range ecosystems {
		s.judge(&found, e)
	}
	if s.db == nil {
		return found, nil
	}
	found.Date = s.db.Date(ecosystems)
	type key struct {
		ecosystem scan.Ecosystem
		name      string
	}
	known := map[key][]advisory.Advisory{}
	for i := range packages {
		p := &packages[i]
		k := key{p.Ecosystem, p.Ecosystem.Normal(p.Name)}
		list, ok := known[k]
		if !ok {
			var err error
			if list, err = s.db.Find(k.ecosystem, k.name); err != nil {
				return sca.Found{}, fmt.Errorf("%s: %w", s.Path, err)
			}
			known[k] = list
		}
		found.Advisories[i] = list
	}
	return found, nil
}

// open downloads what the mode asks for and opens the file; db stays nil if there is no file.
func (s *Store) open(ctx context.Context, ecosystems []scan.Ecosystem) error {
	if s.tried == nil {
		s.tried = map[scan.Ecosystem]error{}
	}
	if s.db == nil {
		if err := s.reopen(); err != nil {
			return err
		}
	}
	var due []scan.Ecosystem
	for _, e := range ecosystems {
		if _, done := s.tried[e]; !done && s.due(e) {
			due = append(due, e)
		}
	}
	if len(due) == 0 {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	for _, e := range due {
		err := s.Client.Update(bounded, s.Path, []scan.Ecosystem{e}, s.Now(), func(what string) { s.Log.Info(what) })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.tried[e] = err
	}
	return s.reopen()
}

func (s *Store) due(e scan.Ecosystem) bool {
	switch s.Mode {
	case UpdateOff:
		return false
	case UpdateForce:
		return true
	}
	if s.db == nil {
		return true
	}
	section, ok := s.db.Section(e)
	return !ok || s.Now().Sub(section.Fetched) > Fresh
}

// reopen opens the current file. A missing file is not an error, and neither is an unusable file that can be downloaded
// again.
func (s *Store) reopen() error {
	_ = s.db.Close()
	db, err := advisory.Open(s.Path)
	s.db = db
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case errors.Is(err, advisory.ErrUnusable) && s.Mode != UpdateOff:
		s.Log.Warn("the advisory file is created again", "reason", err)
		return nil
	}
	return err
}

// judge notes what the reader must know about the data of an ecosystem.
func (s *Store) judge(found *sca.Found, e scan.Ecosystem) {
	var section advisory.Section
	ok := false
	if s.db != nil {
		section, ok = s.db.Section(e)
	}
	problem := s.tried[e]
	switch {
	case !ok && problem != nil:
		found.Unchecked[e] = fmt.Sprintf("its advisories could not be downloaded (%v)", problem)
	case !ok:
		found.Unchecked[e] = "the advisory file has no data for it; `sluice db update` downloads the data"
	case problem != nil:
		found.Notes = append(found.Notes, s.stale(section, fmt.Sprintf("newer ones could not be downloaded (%v)", problem)))
	case s.Now().Sub(section.Fetched) > old:
		found.Notes = append(found.Notes, s.stale(section, "the file was not updated; `sluice db update` does it"))
	}
}

// old is the age from which a scan warns about data that it was told not to update.
const old = 7 * 24 * time.Hour

func (s *Store) stale(section advisory.Section, reason string) scan.Note {
	return scan.Note{Code: "old-advisories", Text: fmt.Sprintf("THE ADVISORIES OF %s ARE %s OLD, because %s",
		strings.ToUpper(string(section.Ecosystem)), strings.ToUpper(age(s.Now().Sub(section.Fetched))), reason)}
}

func age(d time.Duration) string {
	if d < 48*time.Hour {
		return scan.Plural(int(d.Hours()), "hour", "hours")
	}
	return scan.Plural(int(d.Hours()/24), "day", "days")
}
