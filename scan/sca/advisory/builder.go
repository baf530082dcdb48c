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

// Builder gathers records and makes sections of them. It is for one goroutine.
type Builder struct {
	// packages are the advisories by ecosystem and normal name.
	packages map[scan.Ecosystem]map[string][]Advisory
	// rated are the severities by id, for records that none rated.
	rated map[string]rating
	// only are the ecosystems that are kept; nil keeps all that are matched.
	only []scan.Ecosystem

	Stats BuildStats
}

// BuildStats counts what a build took.
type BuildStats struct {
	// Records were read; Withdrawn and Other (those of ecosystems that are not matched) of them are not in the file.
	Records, Withdrawn, Other int
	// Refused are files that were no record, with the reason, at most maxRefused of RefusedCount.
	Refused      []string
	RefusedCount int
}

// maxRefused is how many refused records are named.
const maxRefused = 5

type rating struct {
	severity scan.Severity
	score    float64
}

// NewBuilder gives an empty builder that keeps what records say of some ecosystems; none means all that are matched. A
// download of one ecosystem holds records that also speak of others: those few must not pass for the others' data.
func NewBuilder(only ...scan.Ecosystem) *Builder {
	return &Builder{packages: map[scan.Ecosystem]map[string][]Advisory{}, rated: map[string]rating{}, only: only}
}

// Add adds one OSV record; name stands for it in BuildStats. A record that cannot be read costs itself only.
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
		// What another ecosystem's entry was rated may be all that is known of an alias.
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

// matchable are the ecosystems whose files are read: others would only make the file larger.
var matchable = map[scan.Ecosystem]bool{
	scan.EcosystemCargo: true, scan.EcosystemCRAN: true, scan.EcosystemConan: true, scan.EcosystemGo: true, scan.EcosystemActions: true,
	scan.EcosystemHackage: true, scan.EcosystemHex: true, scan.EcosystemMaven: true, scan.EcosystemNPM: true, scan.EcosystemNuGet: true,
	scan.EcosystemPackagist: true, scan.EcosystemPub: true, scan.EcosystemPyPI: true, scan.EcosystemRubyGems: true, scan.EcosystemSwift: true,
}

// Matchable lists the ecosystems that a file can hold, ordered by name.
func Matchable() []scan.Ecosystem { return slices.Sorted(maps.Keys(matchable)) }

// remember keeps what a record was rated, under all of its ids.
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

// borrow rates what nobody rated as a record of the same problem was.
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

// Sections gives the sections, ordered by ecosystem, with the blocks of each. fetched is the time that the data is from.
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

// merge joins the entries that one record has for one package, and orders by id.
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
