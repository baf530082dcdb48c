package advisory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxFixes limits the number of versions that are tried.
const maxFixes = 500

// smallestFix finds the smallest version above the current one that no advisory of the package affects. Only versions
// that a record calls fixed are candidates, because only those are known to be released.
func smallestFix(e scan.Ecosystem, current *version, all []verdicts) (fix string, major bool) {
	var candidates []version
	for i := range all {
		for _, s := range all[i].ranges {
			for k := range s.turns {
				t := &s.turns[k]
				// Some records close an unfixed branch at a lowest pre-release such as 2.0.0-0, which was never released.
				if t.kind != fixed || strings.HasSuffix(t.version.text, "-0") {
					continue
				}
				if c, ok := current.compare(&t.version, s.semver); ok && c < 0 {
					candidates = append(candidates, t.version)
				}
			}
		}
	}
	slices.SortFunc(candidates, func(a, b version) int {
		c, _ := a.compare(&b, false)
		return cmp.Or(c, strings.Compare(a.text, b.text))
	})
	candidates = slices.CompactFunc(candidates, func(a, b version) bool { return a.text == b.text })
	free := func(candidate *version) bool {
		return !slices.ContainsFunc(all, func(d verdicts) bool { return d.affects(candidate) })
	}
	for i := range candidates[:min(len(candidates), maxFixes)] {
		same := majorOf(e, candidates[i].text) == majorOf(e, current.text)
		// After the first version of another major version, only one of the same major version is of interest.
		if fix != "" && !same || !free(&candidates[i]) {
			continue
		}
		if same {
			return candidates[i].text, false
		}
		fix = candidates[i].text
	}
	return fix, fix != ""
}

// majorOf returns the part that a minor upgrade must not change: the first number, and for version 0 of npm and Cargo
// also the second one, because "^0.1" stops there.
func majorOf(e scan.Ecosystem, version string) string {
	version = strings.TrimLeft(version, "vV")
	first, rest, _ := strings.Cut(version, ".")
	if first != "0" || e != scan.EcosystemNPM && e != scan.EcosystemCargo {
		return strings.TrimLeft(first, "0")
	}
	second, _, _ := strings.Cut(rest, ".")
	return "0." + second
}
