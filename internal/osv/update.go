package osv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// Update downloads the databases of some ecosystems into the file at path, one after the other; an error does not undo
// the earlier ones. It skips data that the server reports as unchanged. progress, if set, receives messages about each
// step.
//
// Concurrent updates are safe: each writes a complete file, and the last one wins. An ecosystem that is lost this way is
// downloaded again when a scan needs it.
func (c *Client) Update(ctx context.Context, path string, ecosystems []scan.Ecosystem, now time.Time, progress func(string)) error {
	var problems []error
	for _, e := range ecosystems {
		if progress != nil {
			progress("downloading the advisories of " + string(e))
		}
		if err := c.update(ctx, path, e, now); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", e, err))
			if ctx.Err() != nil {
				break
			}
		}
	}
	return errors.Join(problems...)
}

func (c *Client) update(ctx context.Context, path string, e scan.Ecosystem, now time.Time) error {
	old, known := sectionOf(path, e)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	clearLeftovers(filepath.Dir(path), time.Now())
	temp, err := os.CreateTemp(filepath.Dir(path), ".download-*")
	if err != nil {
		return err
	}
	defer func() {
		_ = temp.Close()
		_ = os.Remove(temp.Name())
	}()
	tag, err := c.fetch(ctx, e, old.ETag, temp)
	if errors.Is(err, errNotModified) && known {
		return advisory.Touch(path, e, now)
	}
	if err != nil {
		return err
	}
	info, err := temp.Stat()
	if err != nil {
		return err
	}
	b := advisory.NewBuilder(e)
	if err := b.AddZip(temp, info.Size()); err != nil {
		return err
	}
	sections, err := b.Sections(now)
	if err != nil {
		return err
	}
	if len(sections) == 0 {
		return fmt.Errorf("the download has no advisory on %s (%d records, %d refused)", e, b.Stats.Records, b.Stats.RefusedCount)
	}
	sections[0].Section.ETag = tag
	return advisory.Write(path, sections)
}

// clearLeftovers deletes the downloads of runs that were killed. A live download is never old, because it writes to its
// file all the time.
func clearLeftovers(dir string, now time.Time) {
	names, err := filepath.Glob(filepath.Join(dir, ".download-*"))
	if err != nil {
		return
	}
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && now.Sub(info.ModTime()) > time.Hour {
			_ = os.Remove(name)
		}
	}
}

// sectionOf returns what the file at path has about an ecosystem; an unusable file has nothing.
func sectionOf(path string, e scan.Ecosystem) (advisory.Section, bool) {
	db, err := advisory.Open(path)
	if err != nil {
		return advisory.Section{}, false
	}
	defer func() { _ = db.Close() }()
	return db.Section(e)
}
