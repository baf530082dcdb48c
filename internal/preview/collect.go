package preview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// Collect reads the reports of ref's commit and their annotations through client, and the annotated files from head and
// base. head is the tree of that commit. base is the tree to which the pull request is compared, or nil: then the page
// shows only the lines around each annotation.
//
// The same reports, trees and Meta give the same page. The page names a file that cannot be read, with the reason; an
// error comes from the client or from ctx. A commit without a report is not an error.
func Collect(ctx context.Context, client *insights.Client, ref insights.Ref, head, base Tree, meta Meta) (*Page, error) {
	reports, err := client.Reports(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("read the reports of commit %s: %w", shortHash(ref.Commit), err)
	}
	slices.SortFunc(reports, func(a, b insights.Report) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.UUID, b.UUID)) })
	p := newPage(ref, meta)
	p.Compared = base != nil
	if n := len(reports) - maxReports; n > 0 {
		p.MissingReports = plural(n, "more report is", "more reports are") + " not shown."
		reports = reports[:maxReports]
	}
	var notes []*note
	for i := range reports {
		r := &reports[i]
		annotations, err := client.Annotations(ctx, ref, cmp.Or(r.ID, r.UUID))
		if err != nil {
			return nil, fmt.Errorf("read the annotations of report %s: %w", visible(r.ID), err)
		}
		p.Reports = append(p.Reports, cardOf(r, meta))
		for _, a := range annotations {
			notes = append(notes, noteOf(a, r, i))
		}
	}
	notes = p.mostSevere(notes)
	if err := p.place(ctx, notes, &source{head: head, base: base, mask: meta.Mask}); err != nil {
		return nil, err
	}
	p.finish(notes)
	return p, nil
}

func newPage(ref insights.Ref, meta Meta) *Page {
	p := &Page{view{
		Title: visible(meta.Title), Commit: shortHash(ref.Commit), FullCommit: visible(ref.Commit),
		Workspace: visible(ref.Workspace), Repository: visible(ref.Repository), PullRequest: visible(meta.PullRequest),
		Source: visible(meta.Source), Destination: visible(meta.Destination), Version: visible(meta.Version),
		BaseCommit: shortHash(meta.BaseCommit), FullBase: visible(meta.BaseCommit), Masked: meta.Mask != nil,
	}}
	switch {
	case p.Title != "":
	case p.PullRequest != "":
		p.Title = "Pull request #" + p.PullRequest
	default:
		p.Title = "Commit " + p.Commit
	}
	return p
}

func cardOf(r *insights.Report, meta Meta) card {
	c := card{
		ID: visible(r.ID), Title: visible(cmp.Or(r.Title, r.ID)), Reporter: visible(r.Reporter),
		Result: visible(string(r.Result)), Letter: "none", Link: weblink.Safe(r.Link),
	}
	headline, rest, _ := strings.Cut(strings.TrimSpace(r.Details), "\n")
	c.Headline, c.Details = visible(strings.TrimSpace(headline)), paragraphs(rest)
	switch r.Result {
	case insights.Passed, insights.Failed, insights.Pending:
		c.Letter = strings.ToLower(string(r.Result))
	case "":
		c.Result = "No result"
	}
	if r.Result == insights.Pending {
		c.Remark = "The scan is still running, or it was broken off: nothing is known about this commit yet."
	}
	if c.Link != "" {
		c.LinkWord = "Open at " + hostOf(c.Link)
	}
	for _, item := range r.Data {
		c.Data = append(c.Data, datumOf(item, meta.Now))
	}
	if t, ok := storedTime(cmp.Or(r.Updated, r.Created)); ok {
		c.Updated, c.UpdatedExact = moment(t, meta.Now)
	}
	return c
}

// kinds are the displayed names of the annotation types.
var kinds = map[insights.AnnotationType]string{
	insights.Vulnerability: "Vulnerability", insights.CodeSmell: "Code smell", insights.Bug: "Bug",
}

func noteOf(a insights.Annotation, r *insights.Report, report int) *note {
	rank := rankOf(a.Severity)
	n := &note{
		Severity: severities[rank].word, Letter: severities[rank].letter, Kind: cmp.Or(kinds[a.Type], visible(string(a.Type))),
		Result: visible(string(a.Result)), Reporter: visible(cmp.Or(r.Reporter, r.Title)),
		Summary: visible(a.Summary), Details: paragraphs(a.Details), Link: weblink.Safe(a.Link),
		rank: rank, line: max(a.Line, 0), path: a.Path, report: report, from: a,
	}
	if last := len(n.Details) - 1; last >= 0 && strings.Contains(n.Details[last], insights.FingerprintPrefix) {
		n.Details, n.Machine = n.Details[:last], n.Details[last]
	}
	n.Dir, n.Name = splitPath(a.Path)
	if n.line > 0 {
		n.Line = strconv.Itoa(n.line)
	}
	if n.Link != "" {
		n.LinkWord = "More at " + hostOf(n.Link)
	}
	return n
}

// compareNotes orders by path, line and severity, and then by everything else, so that Bitbucket's order, which it does
// not guarantee, has no effect.
func compareNotes(a, b *note) int {
	return cmp.Or(
		strings.Compare(a.path, b.path), cmp.Compare(a.line, b.line), cmp.Compare(a.rank, b.rank), cmp.Compare(a.report, b.report),
		strings.Compare(a.from.Summary, b.from.Summary), strings.Compare(a.from.ID, b.from.ID), strings.Compare(a.from.UUID, b.from.UUID),
		strings.Compare(a.from.Details, b.from.Details),
	)
}

// mostSevere keeps as many notes as the page shows, and sorts them by place.
func (p *Page) mostSevere(notes []*note) []*note {
	slices.SortFunc(notes, func(a, b *note) int { return cmp.Or(cmp.Compare(a.rank, b.rank), compareNotes(a, b)) })
	if n := len(notes) - maxAnnotations; n > 0 {
		p.Missing = plural(n, "less severe annotation is", "less severe annotations are") + " not on this page."
		notes = notes[:maxAnnotations]
	}
	slices.SortFunc(notes, compareNotes)
	return notes
}

// place puts every note into the overview, or at its file and line.
func (p *Page) place(ctx context.Context, notes []*note, s *source) error {
	for i, n := range notes {
		n.Anchor = "a" + strconv.Itoa(i+1)
		n.Open = len(notes) <= maxOpen
	}
	for len(notes) > 0 {
		end := slices.IndexFunc(notes, func(n *note) bool { return n.path != notes[0].path })
		if end < 0 {
			end = len(notes)
		}
		same := notes[:end]
		notes = notes[end:]
		if same[0].path == "" {
			p.Overview = same
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		f := s.file(same[0].path, same)
		f.Anchor = "file" + strconv.Itoa(len(p.Files)+1)
		p.Files = append(p.Files, f)
	}
	// An annotation without a file may come from the pull request, so it counts as part of it.
	for _, n := range p.Overview {
		n.Inside = true
	}
	return nil
}

// finish fills in what is known after every note has its place.
func (p *Page) finish(notes []*note) {
	p.Total = len(notes)
	several := len(p.Reports) > 1
	bySeverity := slices.Clone(notes)
	slices.SortStableFunc(bySeverity, func(a, b *note) int { return cmp.Compare(a.rank, b.rank) })
	for _, n := range bySeverity {
		if n.Inside {
			p.Inside++
		}
		c := &p.Reports[n.report]
		c.Notes = append(c.Notes, n)
		if !several {
			n.Reporter = ""
		}
	}
	for i := range p.Reports {
		c := &p.Reports[i]
		c.Counts = countsOf(c.Notes)
		c.AnnotationWords = plural(len(c.Notes), "annotation", "annotations")
	}
	if p.Compared {
		p.Scopes = []chip{
			{Value: "in", Word: "This pull request", N: quantity(p.Inside), Pressed: p.Inside > 0},
			{Value: "all", Word: "All", N: quantity(p.Total), Pressed: p.Inside == 0},
		}
	}
	if counts := countsOf(notes); len(counts) > 1 {
		for _, c := range counts {
			p.Severities = append(p.Severities, chip{Value: c.Letter, Word: c.Word, N: c.N})
		}
	}
}
