package analysis

import (
	"cmp"
	"net/url"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan/display"
)

// row is a finding in the list of a branch.
type row struct {
	Key, Path   string
	Severity    figure.Severity
	Title, Rule string
	Engine      string
	// File is the path for people, cut; Whole is all of it, when that is longer. Line is 0 for the whole file.
	File, Whole string
	Line        int
	// More is the number of further places in the branch.
	More    int
	Excerpt []figure.Piece
	// Author is who added the line, as far as that is known, and AuthorMail their address; At is when.
	Author, AuthorMail string
	At                 figure.Moment
	Seen               figure.Moment
	State, Assignee    string
	// Quiet is true for what does not count as open. Allowed says why the repository's files allow it.
	Quiet, New bool
	Allowed    string
}

// Columns bound what a row shows of long texts, so that a page of them stays small.
const (
	titleColumns   = 160
	fileColumns    = 90
	excerptColumns = 200
	nameColumns    = 40
	allowedColumns = 200
)

func rowOf(v *page.Visit, f *findings.InBranch, branch string) row {
	listed := findings.Listed{Finding: f.Finding, Branches: 1, Allowed: f.Allowed != "", Low: f.Low}
	r := row{
		Key: db.Key(f.ID), Path: v.ToFinding(f.ID) + "?branch=" + url.QueryEscape(branch), Severity: figure.SeverityOf(f.Severity),
		Title: short(cmp.Or(f.Title, f.RuleName), titleColumns), Rule: short(f.RuleName, nameColumns), Engine: f.Engine.Info().Title,
		File: display.CutMiddle(display.Escape(f.Path), fileColumns), Line: f.Line, More: f.Places - 1, Excerpt: figure.Masked(display.CutEnd(display.Line(f.Excerpt), excerptColumns)),
		Author: short(f.Origin.Author, nameColumns), AuthorMail: short(f.Origin.Email, nameColumns), At: figure.Ago(f.Origin.At, v.Now), Seen: figure.Ago(f.FirstSeen, v.Now),
		State: figure.StateOf(&listed), Assignee: short(f.Assignee, nameColumns), Quiet: f.Decided || f.Low || f.Allowed != "", New: f.New, Allowed: short(f.Allowed, allowedColumns),
	}
	if f.Archive != "" {
		r.File = short(f.Archive, fileColumns/2) + " → " + display.CutMiddle(display.Escape(f.Path), fileColumns/2)
	}
	if whole := display.Escape(f.Path); whole != r.File {
		r.Whole = short(whole, 4*fileColumns)
	}
	return r
}

// short makes a foreign text safe on one line, and cuts its end.
func short(text string, columns int) string { return display.CutEnd(display.Escape(text), columns) }
