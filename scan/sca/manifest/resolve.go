package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/dotnet"
	"github.com/sluice-scan/sluice/scan/sca/manifest/golang"
	"github.com/sluice-scan/sluice/scan/sca/manifest/gradle"
	"github.com/sluice-scan/sluice/scan/sca/manifest/maven"
	"github.com/sluice-scan/sluice/scan/sca/manifest/npm"
	"github.com/sluice-scan/sluice/scan/sca/manifest/python"
)

// Resolve joins the documents of one tree into packages, ordered by scan.ComparePackages. A package in several places of
// a file is listed once for each place. The failures name references of documents to files that the tree does not have.
// Resolve changes the documents.
func Resolve(docs []*document.Document) (packages []scan.Package, failures []scan.Failure) {
	docs = slices.Clone(docs)
	slices.SortFunc(docs, func(a, b *document.Document) int { return strings.Compare(a.Path, b.Path) })
	docs, failures = follow(shrinkwrapped(docs))
	docs = withTheirs(docs)
	failures = append(failures, emptyLocks(docs)...)
	docs = python.Constrained(docs)
	npm.Catalogued(docs)
	failures = append(failures, dotnet.Centralize(docs)...)
	failures = append(failures, maven.Resolve(docs)...)
	gradle.Resolve(docs)
	golang.Replace(docs)
	withoutRepeats(docs)
	governors := governorsOf(docs)
	governed, locks := governors.governed(docs), locksOf(docs, governors)
	overrides := npm.OverridesOf(docs)
	all := 0
	for _, doc := range docs {
		all += len(doc.Entries) + len(doc.Declared)
	}
	packages = slices.Grow(packages, all)
	for _, doc := range docs {
		if doc.Lock || len(doc.Roots) > 0 {
			relate(doc, governed[governor{doc.Ecosystem, path.Dir(doc.Path)}])
			npm.Overrule(doc, overrides[path.Dir(doc.Path)])
		}
		for i := range doc.Entries {
			packages = append(packages, doc.Entries[i].Package)
		}
		for i := range doc.Declared {
			d := &doc.Declared[i]
			switch {
			case locks.settle(doc, d):
			case d.Version != "":
				packages = append(packages, d.Pinned(doc.Path))
			case !d.Shared && d.Origin != scan.OriginLocal:
				doc.Versionless = append(doc.Versionless, d)
			}
		}
	}
	slices.SortStableFunc(packages, func(a, b scan.Package) int { return scan.ComparePackages(&a, &b) })
	return onePerPlace(packages, docs), failures
}

// follow drops documents that count only if another one includes them, and that none includes.
func follow(docs []*document.Document) ([]*document.Document, []scan.Failure) {
	byPath := make(map[string]*document.Document, len(docs))
	var open []*document.Document
	for _, doc := range docs {
		byPath[doc.Path] = doc
		if !doc.Included {
			open = append(open, doc)
		}
	}
	var failures []scan.Failure
	reached := make(map[*document.Document]bool, len(open))
	for len(open) > 0 {
		doc := open[0]
		open = open[1:]
		if reached[doc] {
			continue
		}
		reached[doc] = true
		if doc.Unfinished != nil {
			failures = append(failures, scan.Failure{Path: doc.Path, Err: doc.Unfinished})
		}
		for _, name := range doc.Includes {
			if target, ok := byPath[name]; ok {
				open = append(open, target)
				continue
			}
			failures = append(failures, scan.Failure{Path: doc.Path, Err: fmt.Errorf("it includes %q, which is not a file of this tree with dependencies", name)})
		}
	}
	return slices.DeleteFunc(docs, func(doc *document.Document) bool { return !reached[doc] }), failures
}

// withTheirs adds the other side of each unfinished merge after its first side.
func withTheirs(docs []*document.Document) []*document.Document {
	var all []*document.Document
	for _, doc := range docs {
		if all = append(all, doc); doc.Theirs != nil {
			all = append(all, doc.Theirs)
		}
	}
	return all
}

// onePerPlace drops duplicates of packages that both sides of a merge have at the same place. It changes the slice.
func onePerPlace(packages []scan.Package, docs []*document.Document) []scan.Package {
	merged := map[string]bool{}
	for _, doc := range docs {
		if doc.Theirs != nil {
			merged[doc.Path] = true
		}
	}
	if len(merged) == 0 {
		return packages
	}
	type place struct {
		path, name, version string
		ecosystem           scan.Ecosystem
		start               int
	}
	seen := map[place]bool{}
	return slices.DeleteFunc(packages, func(p scan.Package) bool {
		if !merged[p.Path] {
			return false
		}
		at := place{p.Path, p.Name, p.Version, p.Ecosystem, p.Start}
		twice := seen[at]
		seen[at] = true
		return twice
	})
}

// governors are the folders with a lock file, by ecosystem.
type governors map[scan.Ecosystem]map[string]bool

func governorsOf(docs []*document.Document) governors {
	g := governors{}
	for _, doc := range docs {
		if !doc.Lock || doc.Ecosystem == "" {
			continue // a file with several ecosystems (an SBOM) is a report, and determines nothing
		}
		folder := path.Dir(doc.Path)
		g.add(doc.Ecosystem, folder)
		if doc.Kind == "deno.lock" {
			g.add(scan.EcosystemJSR, folder)
		}
	}
	return g
}

func (g governors) add(e scan.Ecosystem, folder string) {
	if g[e] == nil {
		g[e] = map[string]bool{}
	}
	g[e][folder] = true
}

// of returns the folder whose lock file governs a manifest: its own or the nearest parent; "" if there is none.
func (g governors) of(name string, ecosystem scan.Ecosystem) string {
	folders := g[ecosystem]
	for dir := path.Dir(name); len(folders) > 0; dir = path.Dir(dir) {
		if folders[dir] {
			return dir
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	return ""
}

// governor is a folder with a lock file of an ecosystem.
type governor struct {
	ecosystem scan.Ecosystem
	folder    string
}

// governed returns the manifests that the lock files of each folder govern, those of the folder itself first.
func (g governors) governed(docs []*document.Document) map[governor][]*document.Document {
	lists := map[governor][]*document.Document{}
	for _, doc := range docs {
		if doc.Lock || len(doc.Declared) == 0 {
			continue
		}
		if folder := g.of(doc.Path, doc.Ecosystem); folder != "" {
			key := governor{doc.Ecosystem, folder}
			lists[key] = append(lists[key], doc)
		}
	}
	for _, list := range lists {
		slices.SortStableFunc(list, func(a, b *document.Document) int { return strings.Count(a.Path, "/") - strings.Count(b.Path, "/") })
	}
	return lists
}
