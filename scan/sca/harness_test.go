package sca_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// tree is a source of files in memory; the blob of a file is its content.
type tree map[string]string

func (s tree) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for _, path := range slices.Sorted(maps.Keys(s)) {
			text := s[path]
			open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
			if !yield(scan.File{Path: path, Size: int64(len(text)), Blob: fmt.Sprintf("%x", text), Open: open}, nil) {
				return
			}
		}
	}
}

// known holds advisories in memory, by ecosystem and normalized name.
type known map[string][]advisory.Advisory

func (k known) Find(_ context.Context, packages []scan.Package) (sca.Found, error) {
	found := sca.Found{Advisories: make([][]advisory.Advisory, len(packages)), Unchecked: map[scan.Ecosystem]string{}, Date: day}
	for i := range packages {
		p := &packages[i]
		found.Advisories[i] = k[string(p.Ecosystem)+" "+p.Ecosystem.Normal(p.Name)]
		if p.Ecosystem == scan.EcosystemRubyGems {
			found.Unchecked[p.Ecosystem] = "there are no advisories on it"
		}
	}
	return found, nil
}

var day = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// below returns an advisory on every version below fixed.
func below(id, fixed string, severity scan.Severity, aliases ...string) advisory.Advisory {
	return advisory.Advisory{
		ID: id, Aliases: aliases, Summary: "summary of " + id, Severity: severity, Rated: "database", Link: "https://example.com/" + id,
		Ranges: []advisory.Range{{Events: []advisory.Event{{Introduced: "0"}, {Fixed: fixed}}}},
	}
}

// scanned scans a tree, and compares it with base unless that is nil.
func scanned(t *testing.T, o sca.Options, head, base tree) *scan.Result {
	t.Helper()
	o.Now = func() time.Time { return day }
	in := scan.Input{Head: head}
	if base != nil {
		in.Base, in.BaseInfo = base, scan.Base{Kind: scan.BaseMerge, Commit: "b"}
	}
	var first *scan.Result
	for _, jobs := range []int{1, 8} {
		o.Jobs = jobs
		s := &scan.Scanner{Detectors: []scan.Detector{sca.New(o)}, Jobs: jobs, Now: func() time.Time { return day }}
		r, err := s.Scan(t.Context(), in)
		require.NoError(t, err)
		if first == nil {
			first = r
			continue
		}
		require.Equal(t, first, r, "the same at any number of jobs")
	}
	return first
}

// places writes findings as lines: path:line rule severity, new, suppressed.
func places(r *scan.Result) []string {
	var list []string
	for i := range r.Findings {
		f := &r.Findings[i]
		line := fmt.Sprintf("%s:%d %s %s %s", f.Path, f.StartLine, f.Dependency.Package.Name, f.RuleID, f.Severity)
		if f.New && r.Compared() {
			line += " new"
		}
		if !f.Live() {
			line += " suppressed by " + f.Suppression.Source
		}
		list = append(list, line)
	}
	return list
}

func notes(r *scan.Result) string {
	var list []string
	for _, n := range r.Notes {
		list = append(list, n.Code+": "+n.Text)
	}
	return strings.Join(list, "\n")
}
