package advisory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxFixes bounds how many versions are tried.
const maxFixes = 500

// smallestFix finds the smallest version behind the current one that no advisory of the package touches. Only versions that
// some record calls fixed are candidates: of no others is it known that they were released.
func smallestFix(e scan.Ecosystem, current *version, all []verdicts) (fix string, major bool) {
	var candidates []version
	for i := range all {
		for _, s := range all[i].ranges {
			for k := range s.turns {
				t := &s.turns[k]
				// Some records end a branch without a fix at a lowest pre-release such as 2.0.0-0, which nobody released.
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
		// Behind the first version of another major only one of the same is worth a look.
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

// majorOf gives what must stay the same for an upgrade to be a small one: the first number, and for a version 0 of npm and
// Cargo the second one too, whose "^0.1" stops there.
func majorOf(e scan.Ecosystem, version string) string {
	version = strings.TrimLeft(version, "vV")
	first, rest, _ := strings.Cut(version, ".")
	if first != "0" || e != scan.EcosystemNPM && e != scan.EcosystemCargo {
		return strings.TrimLeft(first, "0")
	}
	second, _, _ := strings.Cut(rest, ".")
	return "0." + second
}
