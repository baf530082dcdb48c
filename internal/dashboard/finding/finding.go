package finding

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// looked is a finding with what a visit needs to know about it.
type looked struct {
	*findings.Listed
	// branch is the branch in which it is shown; nil if no branch has it. places are its places there.
	branch *catalog.Branch
	places []findings.Occurrence
	// at is the index of the place that is shown.
	at int
}

// place is where the finding is shown; nil if the branch does not have it.
func (l *looked) place() *findings.Occurrence {
	if len(l.places) == 0 {
		return nil
	}
	return &l.places[l.at]
}

// commit is the one that the shown place was found in.
func (l *looked) commit() string {
	if o := l.place(); o != nil && o.Commit != "" {
		return o.Commit
	}
	return l.branch.Success.Commit
}

// mostPlaces bounds the places that a page lists.
const mostPlaces = 50

// look finds the finding that the path names. Its repository becomes the place of the visit, unless the path names that too.
// choice says which branch and place are shown.
func (s *Pages) look(v *page.Visit, choice url.Values) (*looked, error) {
	missing := page.NotFound("There is no such finding, or you may not read its repository.")
	id, ok := db.ParseKey(v.Request.PathValue("finding"))
	if !ok {
		return nil, missing
	}
	f, err := s.Findings.Get(v.Ctx(), v.Visible, id)
	if errors.Is(err, db.ErrNotFound) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	l := &looked{Listed: f}
	if v.Repository == nil {
		if v.Place, err = v.Core.Places.Find(v.Ctx(), v.Visible, f.ProjectKey, f.Slug); err != nil {
			return nil, err
		}
	}
	if v.Repository.ID != f.RepositoryID {
		return nil, missing
	}
	name := f.Branch
	if choice.Get("branch") != "" {
		name = choice.Get("branch")
	}
	if name == "" {
		return l, nil
	}
	if l.branch, err = s.Catalog.Branch(v.Ctx(), f.RepositoryID, name); err != nil {
		return nil, err
	}
	if l.places, err = s.Findings.Places(v.Ctx(), f.ID, l.branch.ID, mostPlaces+1); err != nil {
		return nil, err
	}
	if n, err := strconv.Atoi(choice.Get("place")); err == nil && n > 1 && n <= len(l.places) {
		l.at = n - 1
	}
	return l, nil
}

// body is what the page of a finding shows.
type body struct {
	Above    []page.Link
	Key      string
	Title    string
	Severity figure.Severity
	// Engine and Rule are what found it.
	Engine, Rule string
	State        string
	// Quiet is true for what does not count as open.
	Quiet       bool
	Fingerprint string
	First, Last figure.Moment
	// Branch is the branch that it is shown in; empty if no branch has it. Analysis is the page of that branch.
	Branch, Analysis string
	// Has is false if that branch does not have it. Then there is no place.
	Has    bool
	Place  place
	Places []page.Choice
	Code   code
	// Flow is the way of the data to that place, from its source; nil for a finding that is not about a way.
	Flow    []step
	Advice  advice
	Decided decided
	Else    elsewhere
	Form    *form
	// Revealed is the text itself, for the one answer to somebody who asked for it and may see it; nil otherwise.
	Revealed *revealed
}

// place is where a finding is in a branch.
type place struct {
	// File is for people. Line is 0 for the whole file. Link is its public address; empty where that is not known.
	File, Archive string
	Line          int
	Link          string
	// Number counts the places of the branch from 1.
	Number int
	// History is the commit whose text is no longer in the tree; empty for a finding of the tree.
	History string
	// Author added the line in Commit, as far as that is known.
	Author, Mail, Commit string
	At                   figure.Moment
	// Scanned is the commit that was scanned.
	Scanned string
	Allowed string
	Related []string
}

const (
	textColumns = 400
	nameColumns = 100
)

// show is the page of a finding.
func (s *Pages) show(v *page.Visit) error {
	l, err := s.look(v, v.Request.URL.Query())
	if err != nil {
		return err
	}
	return s.answer(v, l, nil)
}

// answer shows the page, with the text itself if that is given.
func (s *Pages) answer(v *page.Visit, l *looked, text *revealed) error {
	f, r := l.Listed, v.Repository
	b := body{
		Above: []page.Link{{Text: "Projects", Path: v.Home()}, {Text: r.ProjectName, Path: v.ToProject(r.ProjectKey)}, {Text: r.Name, Path: v.ToRepository(r.ProjectKey, r.Slug)}},
		Key:   db.Key(f.ID), Title: titleOf(&f.Finding), Severity: figure.SeverityOf(f.Severity), Engine: f.Engine.Info().Title, Rule: display.CutEnd(display.Escape(f.RuleName), nameColumns),
		State: figure.StateOf(f), Quiet: f.Branches == 0 || f.Decided || f.Allowed || f.Low, Fingerprint: display.CutEnd(display.Escape(f.Fingerprint), nameColumns), First: figure.Ago(f.FirstSeen, v.Now), Last: figure.Ago(f.LastSeen, v.Now), Revealed: text,
	}
	b.Advice = s.adviceOn(f)
	if l.branch != nil {
		b.Branch, b.Analysis = l.branch.Name, v.ToAnalysis(r.ProjectKey, r.Slug, l.branch.Name)
		b.Above = append(b.Above, page.Link{Text: l.branch.Name, Path: b.Analysis})
	}
	var err error
	if l.place() != nil {
		b.Has, b.Place, b.Places = true, s.placeOf(v, l), placesOf(l)
		r, end := s.read(v, l)
		defer end()
		if b.Code, err = codeOf(r); err != nil {
			return err
		}
		if b.Flow, err = flowOf(r); err != nil {
			return err
		}
	}
	if b.Decided, err = s.decidedOf(v, l); err != nil {
		return err
	}
	if b.Else, err = s.elsewhereOf(v, l); err != nil {
		return err
	}
	if v.Can(access.Writer) {
		b.Form = s.formOf(v, l)
	}
	return v.Show(http.StatusOK, findingPage, b.Title, b)
}

func (s *Pages) placeOf(v *page.Visit, l *looked) place {
	o := l.place()
	from := &o.Origin
	p := place{
		File: display.CutMiddle(display.Escape(o.Path), textColumns), Archive: display.CutMiddle(display.Escape(o.Archive), textColumns), Line: o.Line, Number: l.at + 1, History: figure.Short(o.Commit),
		Author: display.CutEnd(display.Escape(from.Author), nameColumns), Mail: display.CutEnd(display.Escape(from.Email), nameColumns), Commit: figure.Short(from.Commit), At: figure.Ago(from.At, v.Now),
		Scanned: figure.Short(l.branch.Success.Commit), Allowed: display.CutEnd(display.Escape(o.Allowed), textColumns),
	}
	for _, other := range strings.Split(o.Related, ", ") {
		if len(o.Flow) > 0 {
			// The way shows them.
			break
		}
		if other = display.CutEnd(display.Escape(other), textColumns); other != "" {
			p.Related = append(p.Related, other)
		}
	}
	if s.Links != nil && o.Path != "" {
		path, line := o.Path, o.Line
		if o.Archive != "" {
			path, line = o.Archive, 0
		}
		p.Link = weblink.Safe(s.Links.Line(v.Repository, l.commit(), path, line))
	}
	return p
}

// placesOf are the places to choose from; nil for a single one.
func placesOf(l *looked) (list []page.Choice) {
	if len(l.places) < 2 {
		return nil
	}
	for i := range l.places[:min(len(l.places), mostPlaces)] {
		o := &l.places[i]
		words := display.CutMiddle(display.Escape(o.Path), nameColumns)
		if o.Line > 0 {
			words += ":" + strconv.Itoa(o.Line)
		}
		list = append(list, page.Choice{Value: strconv.Itoa(i + 1), Word: words, Chosen: i == l.at})
	}
	return list
}
