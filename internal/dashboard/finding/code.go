package finding

import (
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
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

const (
	// linesAround are shown before and after a finding, linesOf of the finding itself.
	linesAround = 6
	linesOf     = 20
)

// codeOf reads the lines around a place. What cannot be read is shown as the store has it.
func codeOf(r *reading) (code, error) {
	o := r.l.place()
	stored := func(why string) (code, error) { return code{kept(o.Line, o.Excerpt), why}, nil }
	switch {
	case o.Archive != "":
		return stored("The file is inside an archive, which is not opened here. This is what the scan kept of it.")
	case o.Line < 1:
		return stored("The finding is about the whole file.")
	case r.s.Source == nil:
		return stored("This server does not read repositories for its pages. This is what the scan kept.")
	}
	at := scan.Position{StartLine: o.Line, StartColumn: o.StartColumn, EndLine: o.EndLine, EndColumn: o.EndColumn}
	quoted, readable, err := r.quote(o.Path, passageOf(at, linesAround))
	switch {
	case err != nil:
		return code{}, err
	case !readable:
		return stored("The repository does not have this file and commit any longer, or cannot be read now. This is what the scan kept.")
	case len(quoted) == 0 || len(quoted[0]) == 0:
		return stored("The file is not the one that was scanned. This is what the scan kept.")
	}
	return code{Lines: linesFrom(quoted[0], at)}, nil
}

// passageOf is a place with the lines around it.
func passageOf(at scan.Position, around int) scan.Passage {
	return scan.Passage{Mark: at, First: at.StartLine - around, Last: min(at.EndLine, at.StartLine+linesOf) + around}
}

// kept is an excerpt as the store has it; nil for an empty one.
func kept(number int, excerpt string) []line {
	if excerpt == "" {
		return nil
	}
	return []line{{Number: number, Hit: true, Before: figure.Masked(display.Line(excerpt))}}
}

// linesFrom are quoted lines, with those of a place marked.
func linesFrom(quoted []scan.Quoted, at scan.Position) (list []line) {
	for _, q := range quoted {
		list = append(list, line{
			Number: q.Number, Hit: q.Number >= at.StartLine && q.Number <= at.EndLine,
			Before: figure.Masked(q.Text[:q.MarkStart]), Mark: figure.Masked(q.Text[q.MarkStart:q.MarkEnd]), After: figure.Masked(q.Text[q.MarkEnd:]),
		})
	}
	return list
}
