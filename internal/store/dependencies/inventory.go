package dependencies

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Limits of what is stored of a dependency, in bytes. Longer names and versions are cut; more advisories are left out.
const (
	maxText       = 300
	maxAdvisories = 50
)

// packageKey is what all spellings of a package share.
type packageKey struct{ ecosystem, key string }

// entry is a version of a package in an inventory.
type entry struct {
	packageKey
	name, version string
	relation      scan.Relation
	development   bool
	severity      scan.Severity
	advisories    []string
	fixed         string
}

// inventoryOf returns the dependencies of a tree, each version of a package once, ordered by package and version.
// Findings that files of the repository allow do not make a version vulnerable.
func inventoryOf(packages []scan.Package, findings []scan.Finding) []entry {
	type id struct {
		packageKey
		version string
	}
	idOf := func(p *scan.Package) id {
		return id{packageKey{string(p.Ecosystem), cut(p.Ecosystem.Normal(p.Name))}, cut(p.Version)}
	}
	entries := map[id]*entry{}
	for i := range packages {
		p := &packages[i]
		if p.Origin == scan.OriginLocal || p.Name == "" {
			continue
		}
		k := idOf(p)
		e := entries[k]
		if e == nil {
			e = &entry{packageKey: k.packageKey, name: cut(p.Name), version: k.version, relation: p.Relation, development: p.Development}
			entries[k] = e
		}
		e.name = min(e.name, cut(p.Name))
		// A direct use counts more than a transitive one, and one in production more than one in development.
		if p.Relation == scan.RelationDirect || e.relation == scan.RelationUnknown {
			e.relation = p.Relation
		}
		e.development = e.development && p.Development
	}
	for i := range findings {
		f := &findings[i]
		if f.Dependency == nil || len(f.Dependency.IDs) == 0 || f.Suppression != nil {
			continue
		}
		e := entries[idOf(&f.Dependency.Package)]
		if e == nil {
			continue
		}
		e.severity = max(e.severity, f.Severity)
		e.advisories = append(e.advisories, cut(f.Dependency.IDs[0]))
		e.fixed = f.Dependency.Fix
	}
	list := make([]entry, 0, len(entries))
	for _, e := range entries {
		slices.Sort(e.advisories)
		e.advisories = slices.Compact(e.advisories)
		e.advisories = e.advisories[:min(len(e.advisories), maxAdvisories)]
		list = append(list, *e)
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.ecosystem, b.ecosystem), strings.Compare(a.key, b.key), strings.Compare(a.version, b.version))
	})
	return list
}

// cut makes a text that both databases accept, of at most maxText bytes.
func cut(text string) string {
	text = db.ValidText(text)
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return text
}

// hashOf is the hash of everything that is stored of an inventory.
func hashOf(list []entry) string {
	h := sha256.New()
	for i := range list {
		e := &list[i]
		_, _ = fmt.Fprintf(h, "%q %q %q %q %d %t %d %q %q\n", e.ecosystem, e.key, e.name, e.version, e.relation, e.development, e.severity, e.advisories, e.fixed)
	}
	return hex.EncodeToString(h.Sum(nil))
}
