package finding

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// code is a finding between the lines around it, with all secrets masked.
type code struct {
	Lines []line
	// Why says why only the stored excerpt is shown; empty if the lines come from the repository.
	Why string
}

// line is one line of code. Number is 0 for the stored excerpt of a finding without a line. Hit is true for the lines of the
// finding.
type line struct {
	Number        int
	Hit           bool
	Before, After []figure.Piece
	Mark          []figure.Piece
}

// readTime bounds how long a page waits for a repository.
const readTime = 15 * time.Second

const (
	// linesAround are shown before and after a finding, linesOf of the finding itself.
	linesAround = 6
	linesOf     = 20
)

// codeOf reads the lines around a place. What cannot be read is shown as the store has it.
func (s *Pages) codeOf(v *page.Visit, l *looked) (code, error) {
	o := l.place()
	stored := func(why string) (code, error) {
		c := code{Why: why}
		if o.Excerpt != "" {
			c.Lines = []line{{Number: o.Line, Hit: true, Before: figure.Masked(display.Line(o.Excerpt))}}
		}
		return c, nil
	}
	switch {
	case o.Archive != "":
		return stored("The file is inside an archive, which is not opened here. This is what the scan kept of it.")
	case o.Line < 1:
		return stored("The finding is about the whole file.")
	case s.Source == nil:
		return stored("This server does not read repositories for its pages. This is what the scan kept.")
	}
	ctx, cancel := context.WithTimeout(v.Ctx(), readTime)
	defer cancel()
	content, err := s.Source.Content(ctx, v.Repository.Location, l.commit(), o.Path)
	if err != nil {
		if v.Ctx().Err() != nil {
			return code{}, v.Ctx().Err()
		}
		return stored("The repository does not have this file and commit any longer, or cannot be read now. This is what the scan kept.")
	}
	first, last := o.Line-linesAround, min(o.EndLine, o.Line+linesOf)+linesAround
	secrets, err := s.Findings.SecretsIn(v.Ctx(), l.branch.ID, o.Path, o.Commit, first, last)
	if err != nil {
		return code{}, err
	}
	at := scan.Position{StartLine: o.Line, StartColumn: o.StartColumn, EndLine: o.EndLine, EndColumn: o.EndColumn}
	quoted := scan.Quote(v.Ctx(), s.Redact, content, secrets, at, first, last)
	if len(quoted) == 0 {
		return stored("The file is not the one that was scanned. This is what the scan kept.")
	}
	c := code{}
	for _, q := range quoted {
		c.Lines = append(c.Lines, line{
			Number: q.Number, Hit: q.Number >= o.Line && q.Number <= o.EndLine,
			Before: figure.Masked(q.Text[:q.MarkStart]), Mark: figure.Masked(q.Text[q.MarkStart:q.MarkEnd]), After: figure.Masked(q.Text[q.MarkEnd:]),
		})
	}
	return c, nil
}
