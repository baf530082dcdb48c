// Package sbom writes the dependencies that a scan found in a tree as a software bill of materials (SBOM).
//
// Call [WriteCycloneDX] for CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/) or [WriteSPDX] for SPDX 2.3
// (https://spdx.github.io/spdx-spec/v2.3/), both as JSON. A package is one component, however many files name it; its
// properties say where, how and why it is there. CycloneDX also contains the known vulnerabilities; SPDX has no place
// for them.
//
// The package does not guess. The graph is only as deep as [scan.Package] allows, and the SBOM says so. A licence that
// is not an SPDX expression is written as a name. From the tree it writes only names, versions, paths, licences and
// digests, and it removes credentials from the addresses of packages. It omits packages of [scan.OriginLocal]: they are
// the project itself, and a package URL would claim that a registry has them.
package sbom

import (
	"cmp"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

const toolName = "sluice"

// Options are the contents of an SBOM besides the result. The zero value omits all of them.
type Options struct {
	// Version is the version of this program.
	Version string
	// Home is the http(s) address of the program's home page.
	Home string
	// Repository is the http(s) address of the scanned repository.
	Repository string
	// Time writes when the scan began. Without it the bytes depend only on the result's content, as in the other formats:
	// CycloneDX omits the time, and SPDX, which requires one, has the beginning of 1970.
	Time bool
}

// created returns the time to write; ok is false if there is none.
func (o *Options) created(r *scan.Result) (text string, ok bool) {
	if !o.Time || r.Started.IsZero() {
		return time.Unix(0, 0).UTC().Format(time.RFC3339), false
	}
	return r.Started.UTC().Format(time.RFC3339), true
}

// rootName returns the name of the scanned repository or folder.
func rootName(r *scan.Result) string { return cmp.Or(valid(r.Repository), "directory") }

// reservation says in a few words why packages may be missing; empty if the whole tree was scanned.
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
