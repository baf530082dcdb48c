package advisory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
)

// Builder collects records and makes sections of them. It is for one goroutine.
type Builder struct {
	// packages holds the advisories by ecosystem and normalized name.
	packages map[scan.Ecosystem]map[string][]Advisory
	// rated holds severities by id, for records without a rating.
	rated map[string]rating
	// only lists the ecosystems to keep; nil means all that can be matched.
	only []scan.Ecosystem

	Stats BuildStats
}

// BuildStats are the numbers of a build.
type BuildStats struct {
	// Records is the number of records that were read. Withdrawn ones and Other ones (of ecosystems that cannot be matched)
	// are not in the file.
	Records, Withdrawn, Other int
	// Refused lists files that are not records, with the reason: at most maxRefused of the RefusedCount files.
	Refused      []string
	RefusedCount int
}

// maxRefused is the number of refused records that are named.
const maxRefused = 5

type rating struct {
	severity scan.Severity
	score    float64
}

// NewBuilder returns an empty builder that keeps only some ecosystems; without arguments it keeps all that can be
// matched. The download of one ecosystem also contains records about others: those few must not pass for complete data
// on the others.
func NewBuilder(only ...scan.Ecosystem) *Builder {
	return &Builder{packages: map[scan.Ecosystem]map[string][]Advisory{}, rated: map[string]rating{}, only: only}
}

// Add adds one OSV record; BuildStats calls it name. An unreadable record does not affect the others.
func (b *Builder) Add(name string, data []byte) {
	b.Stats.Records++
	r, err := ParseRecord(data)
	if err != nil {
		if b.Stats.RefusedCount++; len(b.Stats.Refused) < maxRefused {
			b.Stats.Refused = append(b.Stats.Refused, fmt.Sprintf("%s: %v", name, err))
		}
		return
	}
	if r.Withdrawn {
		b.Stats.Withdrawn++
		return
	}
	kept := false
	for _, a := range r.Affected {
		// The rating in an entry for another ecosystem may be the only one for an alias.
		b.remember(&a.Advisory)
		if !matchable[a.Ecosystem] || len(b.only) > 0 && !slices.Contains(b.only, a.Ecosystem) {
			continue
		}
		kept = true
		names := b.packages[a.Ecosystem]
		if names == nil {
			names = map[string][]Advisory{}
			b.packages[a.Ecosystem] = names
		}
		names[a.Name] = append(names[a.Name], a.Advisory)
	}
	if !kept {
		b.Stats.Other++
	}
}

// matchable are the ecosystems whose files we read: others would only make the file larger.
var matchable = map[scan.Ecosystem]bool{
	scan.EcosystemCargo: true, scan.EcosystemCRAN: true, scan.EcosystemConan: true, scan.EcosystemGo: true, scan.EcosystemActions: true,
	scan.EcosystemHackage: true, scan.EcosystemHex: true, scan.EcosystemMaven: true, scan.EcosystemNPM: true, scan.EcosystemNuGet: true,
	scan.EcosystemPackagist: true, scan.EcosystemPub: true, scan.EcosystemPyPI: true, scan.EcosystemRubyGems: true, scan.EcosystemSwift: true,
}

// Matchable lists the ecosystems that a file can contain, sorted by name.
func Matchable() []scan.Ecosystem { return slices.Sorted(maps.Keys(matchable)) }

// remember stores the rating of a record under all of its ids.
func (b *Builder) remember(a *Advisory) {
	if a.Rated == "" {
		return
	}
	for _, id := range a.ids() {
		old, ok := b.rated[id]
		if r := (rating{a.Severity, a.Score}); !ok || r.score > old.score || old.score == 0 && r.severity > old.severity {
			b.rated[id] = r
		}
	}
}

// borrow gives an unrated record the rating of another record of the same vulnerability.
func (b *Builder) borrow(a *Advisory) {
	if a.Rated != "" {
		return
	}
	for _, id := range a.ids() {
		if r, ok := b.rated[id]; ok {
			a.Severity, a.Score, a.Rated = r.severity, r.score, id
			return
		}
	}
}

// Sections returns the sections with their blocks, sorted by ecosystem. fetched is the time of the data.
func (b *Builder) Sections(fetched time.Time) ([]Built, error) {
	var built []Built
	for _, e := range slices.Sorted(maps.Keys(b.packages)) {
		s := Section{Ecosystem: e, Fetched: fetched.UTC().Truncate(time.Second)}
		list := make([]blockPackage, 0, len(b.packages[e]))
		for name, advisories := range b.packages[e] {
			for i := range advisories {
				b.borrow(&advisories[i])
			}
			advisories = merge(advisories)
			for i := range advisories {
				if m := advisories[i].Modified; m.After(s.Modified) {
					s.Modified = m
				}
			}
			s.Packages++
			s.Advisories += len(advisories)
			list = append(list, blockPackage{name, advisories})
		}
		slices.SortFunc(list, func(a, b blockPackage) int {
			return cmp.Or(cmp.Compare(hashName(a.Name), hashName(b.Name)), strings.Compare(a.Name, b.Name))
		})
		data, err := pack(&s, list)
		if err != nil {
			return nil, err
		}
		built = append(built, Built{s, data})
	}
	return built, nil
}

// merge joins the entries of one record for one package, and sorts by id.
func merge(advisories []Advisory) []Advisory {
	slices.SortStableFunc(advisories, func(a, b Advisory) int { return strings.Compare(a.ID, b.ID) })
	merged := advisories[:0:0]
	for _, a := range advisories {
		if n := len(merged); n > 0 && merged[n-1].ID == a.ID {
			last := &merged[n-1]
			last.Ranges = append(last.Ranges, a.Ranges...)
			last.Versions = append(last.Versions, a.Versions...)
			last.Imports = append(last.Imports, a.Imports...)
			if a.Severity > last.Severity && a.Rated != "" {
				last.Severity, last.Score, last.Rated = a.Severity, a.Score, a.Rated
			}
			continue
		}
		merged = append(merged, a)
	}
	return merged
}
