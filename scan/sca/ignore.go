package sca

import (
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// ignore suppresses the findings that match the entries, and names the entries that have expired or match nothing.
func (s *survey) ignore() {
	used := make([]bool, len(s.options.Ignore))
	for i := range s.ending.Findings {
		f := &s.ending.Findings[i]
		for j := range s.options.Ignore {
			entry := &s.options.Ignore[j]
			if !ignores(entry, f) {
				continue
			}
			used[j] = true
			// An entry that accepts one advisory does not accept the others of a combined finding.
			whole := !f.Dependency.Package.Minimum || entry.ID == ""
			if f.Suppression == nil && !entry.Expired(s.now) && whole {
				f.Suppression = &scan.Suppression{Kind: scan.SuppressedAdvisory, Reason: entry.Reason, Source: entry.Source}
			}
		}
	}
	for j := range s.options.Ignore {
		switch entry := &s.options.Ignore[j]; {
		case used[j] && entry.Expired(s.now):
			s.note("suppression-expired", "%s: the suppression of %s expired on %s; its findings count again", entry.Source, entry, entry.Expires.Format(time.DateOnly))
		case !used[j]:
			s.note("suppression-unused", "%s: the suppression of %s matches nothing and can be removed", entry.Source, entry)
		}
	}
}

// ignores reports whether an entry matches a finding, whatever its expiry.
func ignores(entry *scan.DependencyIgnore, f *scan.Finding) bool {
	p := &f.Dependency.Package
	return entry.License == (f.Dependency.IDs == nil) &&
		(entry.ID == "" || slices.Contains(f.Dependency.IDs, entry.ID)) &&
		(entry.Ecosystem == "" || entry.Ecosystem == p.Ecosystem) &&
		names(entry, p) &&
		(entry.Version == "" || entry.Version == p.Version) &&
		(entry.Dir == "" || entry.Dir == path.Dir(p.Path))
}

// names reports whether an entry is about a package with that name, or about all packages.
func names(entry *scan.DependencyIgnore, p *scan.Package) bool {
	if entry.Pattern != nil {
		return entry.Pattern.MatchString(p.Name) || entry.Pattern.MatchString(p.Ecosystem.Normal(p.Name))
	}
	return entry.Package == "" || p.Ecosystem.Normal(entry.Package) == p.Ecosystem.Normal(p.Name)
}

// entryAt formats a place in a file.
func entryAt(source string, line int) string {
	if line == 0 {
		return source
	}
	return fmt.Sprintf("%s:%d", source, line)
}
