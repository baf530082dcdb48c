package finding

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/scan"
)

// readTime bounds how long a page waits for a repository.
const readTime = 15 * time.Second

// reading quotes files of a repository for one page. Each file is read once.
type reading struct {
	s   *Pages
	v   *page.Visit
	l   *looked
	ctx context.Context //nolint:containedctx // a reading belongs to one page
	// contents are the files by path; nil for one that cannot be read.
	contents map[string]*scan.Content
}

// read starts a reading; end stops it.
func (s *Pages) read(v *page.Visit, l *looked) (r *reading, end func()) {
	ctx, end := context.WithTimeout(v.Ctx(), readTime)
	return &reading{s: s, v: v, l: l, ctx: ctx, contents: map[string]*scan.Content{}}, end
}

// quote returns passages of a file with all secrets masked; nil if the file is not the one that was scanned. readable is false
// if the file cannot be read.
func (r *reading) quote(path string, passages ...scan.Passage) (quoted [][]scan.Quoted, readable bool, err error) {
	content, known := r.contents[path]
	if !known {
		if content, err = r.s.Source.Content(r.ctx, r.v.Repository.Location, r.l.commit(), path); err != nil {
			if r.v.Ctx().Err() != nil {
				return nil, false, r.v.Ctx().Err()
			}
			content = nil
		}
		r.contents[path] = content
	}
	if content == nil {
		return nil, false, nil
	}
	first, last := passages[0].First, passages[0].Last
	for _, p := range passages {
		first, last = min(first, p.First), max(last, p.Last)
	}
	secrets, err := r.s.Findings.SecretsIn(r.v.Ctx(), r.l.branch.ID, path, r.l.place().Commit, first, last)
	if err != nil {
		return nil, true, err
	}
	return scan.Quote(r.v.Ctx(), r.s.Redact, content, secrets, passages...), true, nil
}
