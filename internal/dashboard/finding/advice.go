package finding

import (
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// advice says what a finding means and what to do.
type advice struct {
	// Steps say what to do, the most urgent first. Means says what was found.
	Steps []string
	Means string
	// Link leads to more; no path for none.
	Link page.Link
	// Package, Version and Fixed are those of a dependency; empty for others. Advisories are public pages about it.
	Package, Version, Fixed string
	Advisories              []page.Link
}

// mostAdvisories bounds the advisories that a page links to.
const mostAdvisories = 30

// osvPage is where OSV shows an advisory of any source (https://osv.dev).
const osvPage = "https://osv.dev/vulnerability/"

// adviceOn says what to do about a finding.
func (s *Pages) adviceOn(f *findings.Listed) advice {
	a := advice{Package: display.CutEnd(display.Escape(f.Package), nameColumns), Version: display.CutEnd(display.Escape(f.Version), nameColumns), Fixed: display.CutEnd(display.Escape(f.FixedVersion), nameColumns)}
	link := f.Link
	rule, known := s.Rule(f.Engine, f.Rule)
	if known {
		a.Means = rule.Description
		if link == "" {
			link = rule.Link
		}
	}
	info := f.Engine.Info()
	switch {
	case known && rule.Remediation != "":
		a.Steps = []string{rule.Remediation}
	case info.Secrets:
		a.Steps = []string{"Revoke it first: everyone who could read the repository may have it. Then remove it; the history keeps it, so removing alone does not help."}
	case a.Fixed != "":
		a.Steps = []string{"Raise " + a.Package + " to " + a.Fixed + ", the smallest version without a known advisory."}
	case a.Package != "" && f.Advisories != "":
		a.Steps = []string{"No version without a known advisory is known. Replace the package, or accept the finding with a reason."}
	}
	if link = weblink.Safe(link); link != "" {
		a.Link = page.Link{Text: "More about it", Path: link}
		if u, err := url.Parse(link); err == nil && u.Host != "" {
			a.Link.Text = "More at " + u.Host
		}
	}
	for _, id := range strings.Fields(f.Advisories) {
		if len(a.Advisories) < mostAdvisories {
			a.Advisories = append(a.Advisories, page.Link{Text: display.CutEnd(display.Escape(id), nameColumns), Path: osvPage + url.PathEscape(id)})
		}
	}
	return a
}
