// Package sbom writes the dependencies that a scan found in a tree as a software bill of materials, for the tools that
// keep such lists.
//
// Call [WriteCycloneDX] for CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/) or [WriteSPDX] for SPDX 2.3
// (https://spdx.github.io/spdx-spec/v2.3/), both as JSON. A package is one component however many files name it; where,
// how and why it is there stands with it. CycloneDX also has the known vulnerabilities, SPDX has no place for them.
//
// What the package refuses to do: guess. The graph is as deep as [scan.Package] tells it, and says so; a licence that is
// no SPDX expression is a name. Of the tree nothing is written but names, versions, paths, licences and digests, and
// credentials in the address of a package are taken out of it. Packages of [scan.OriginLocal] are left out: they are the
// project itself, and a package URL would claim that a registry has them.
package sbom

import (
	"cmp"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

const toolName = "sluice"

// Options is what a bill says beyond the result. The zero value leaves all of it out.
type Options struct {
	// Version is the program's own version.
	Version string
	// Home is the http(s) address of the program's home.
	Home string
	// Repository is the http(s) address of the scanned repository.
	Repository string
	// Time writes when the scan began. Without it the bytes depend on the result's content alone, as those of the other
	// formats do: CycloneDX leaves the time out, and SPDX, which requires one, has the beginning of 1970.
	Time bool
}

// created gives the time to write; ok is false when there is none.
func (o *Options) created(r *scan.Result) (text string, ok bool) {
	if !o.Time || r.Started.IsZero() {
		return time.Unix(0, 0).UTC().Format(time.RFC3339), false
	}
	return r.Started.UTC().Format(time.RFC3339), true
}

// rootName names what was scanned.
func rootName(r *scan.Result) string { return cmp.Or(valid(r.Repository), "directory") }

// reservation says in a few words why packages may be missing; empty when the whole tree was looked at.
func reservation(r *scan.Result) string {
	if !ran(r) {
		return "dependencies were not scanned"
	}
	files := map[string]bool{}
	for _, f := range r.Unread {
		files[f.Path] = true
	}
	for _, f := range r.Failures {
		if f.Engine.Info().Packages {
			files[f.Path] = true
		}
	}
	if len(files) == 0 {
		return ""
	}
	return scan.Plural(len(files), "file", "files") + " could not be read, or only in part"
}

func ran(r *scan.Result) bool {
	for _, engine := range r.Engines {
		if engine.Info().Packages {
			return true
		}
	}
	return len(r.Packages) > 0
}
