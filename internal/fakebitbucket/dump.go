package fakebitbucket

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan/jsonstream"
)

// Dump writes everything stored as indented JSON: reports with their annotations, build statuses, comments. It is sorted
// and contains neither times nor UUIDs, so equal states give equal bytes. Data items with the given titles, such as a
// duration that differs between runs, are left out.
func (s *Server) Dump(withoutData ...string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	type dumpedStatus struct {
		Dialect                                                     Dialect
		Repository, Commit, Key, State, Name, Description, URL, Ref string
	}
	type dumpedComment struct {
		Dialect      Dialect
		Repository   string
		PullRequest  int
		Text, Author string
		Version      int
		Deleted      bool
	}
	var out struct {
		Reports  []dumpedReport
		Statuses []dumpedStatus
		Comments []dumpedComment
	}
	for _, key := range keysOf(s.state.reports, "", "") {
		out.Reports = append(out.Reports, dumpReport(s.state.reports[key], withoutData))
	}
	for _, b := range s.state.statuses {
		out.Statuses = append(out.Statuses, dumpedStatus{b.Dialect, b.Repository, b.Commit, b.Key, b.State, b.Name, b.Description, b.URL, b.Ref})
	}
	slices.SortStableFunc(out.Statuses, func(a, b dumpedStatus) int {
		return cmp.Or(cmp.Compare(a.Dialect, b.Dialect), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Commit, b.Commit), cmp.Compare(a.Key, b.Key))
	})
	for _, c := range s.state.comments {
		out.Comments = append(out.Comments, dumpedComment{c.Dialect, c.Repository, c.PullRequest, c.Text, c.Author, c.Version, c.Deleted})
	}
	slices.SortStableFunc(out.Comments, func(a, b dumpedComment) int {
		return cmp.Or(cmp.Compare(a.Dialect, b.Dialect), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.PullRequest, b.PullRequest), cmp.Compare(a.Text, b.Text))
	})

	text, err := jsonstream.Indented(out)
	if err != nil {
		panic("fakebitbucket: encode the state: " + err.Error())
	}
	return text
}

type dumpedReport struct {
	Dialect                                                                                     Dialect
	Repository, Commit, ExternalID, Title, Details, ReportType, Reporter, Link, LogoURL, Result string
	RemoteLinkEnabled                                                                           bool
	Data                                                                                        []DataItem
	Annotations                                                                                 []dumpedAnnotation
}

type dumpedAnnotation struct {
	ExternalID, Type, Summary, Details, Severity, Result, Path string
	Line                                                       int
	Link                                                       string
}

func dumpReport(r *report, withoutData []string) dumpedReport {
	out := dumpedReport{
		Dialect: r.Dialect, Repository: r.Repository, Commit: r.Commit, ExternalID: r.ExternalID, Title: r.Title, Details: r.Details,
		ReportType: r.ReportType, Reporter: r.Reporter, Link: r.Link, LogoURL: r.LogoURL, Result: r.Result,
		RemoteLinkEnabled: r.RemoteLinkEnabled,
		Data:              slices.DeleteFunc(slices.Clone(r.Data), func(item DataItem) bool { return slices.Contains(withoutData, item.Title) }),
	}
	for _, a := range r.annotations {
		out.Annotations = append(out.Annotations, dumpedAnnotation{a.ExternalID, a.Type, a.Summary, a.Details, a.Severity, a.Result, a.Path, a.Line, a.Link})
	}
	slices.SortStableFunc(out.Annotations, func(a, b dumpedAnnotation) int {
		return cmp.Or(cmp.Compare(a.ExternalID, b.ExternalID), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Summary, b.Summary))
	})
	return out
}
