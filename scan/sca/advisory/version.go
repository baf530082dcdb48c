package advisory

import (
	"strings"

	"github.com/google/osv-scalibr/semantic"

	"github.com/sluice-scan/sluice/scan"
)

// maxVersion limits the length of a version: the comparison time of some ecosystems grows faster than the length.
const maxVersion = 256

// version is a version that can be compared. SemVer ranges compare by SemVer in any ecosystem.
type version struct {
	text        string
	own, semver semantic.Version
}

// parseVersion parses a version; ok is false for text that is not a version. The library's parsers accept anything, but
// text without a digit is a branch, a range or a word.
func parseVersion(e scan.Ecosystem, text string) (v version, ok bool) {
	v.text = cleanVersion(e, text)
	if v.text == "" || len(v.text) > maxVersion || !strings.ContainsAny(v.text, "0123456789") || strings.ContainsAny(v.text, " <>=*$|,^~[](){}\n\t\\") {
		return version{}, false
	}
	if v.own, ok = parseAs(rulesOf(e), v.text); !ok {
		return version{}, false
	}
	v.semver = v.own
	if rulesOf(e) != semverRules && e != scan.EcosystemGo {
		v.semver, _ = parseAs(semverRules, v.text)
	}
	return v, true
}

// semverRules is the library's name for the order of SemVer 2.0.0.
const semverRules = string(scan.EcosystemNPM)

// rulesOf returns the library's name for the order of an ecosystem.
func rulesOf(e scan.Ecosystem) string {
	switch e {
	case scan.EcosystemActions, scan.EcosystemCargo, scan.EcosystemHex, scan.EcosystemConan, scan.EcosystemSwift:
		return semverRules
	}
	return string(e)
}

// parseAs parses by the rules of an ecosystem. If the parser panics, the version is unknown.
func parseAs(rules, text string) (v semantic.Version, ok bool) {
	defer func() {
		if recover() != nil {
			v, ok = nil, false
		}
	}()
	v, err := semantic.Parse(text, rules)
	return v, err == nil
}

func cleanVersion(e scan.Ecosystem, text string) string {
	text = strings.TrimSpace(text)
	switch e {
	case scan.EcosystemPyPI, scan.EcosystemMaven, scan.EcosystemNuGet, scan.EcosystemRubyGems, scan.EcosystemCRAN, scan.EcosystemHackage, scan.EcosystemPub:
		return text
	}
	return strings.TrimPrefix(strings.TrimPrefix(text, "v"), "V")
}

// in returns the version in the order of a range.
func (v *version) in(semver bool) semantic.Version {
	if semver {
		return v.semver
	}
	return v.own
}

// compare orders v before (-1), equal to (0) or after (1) another version; ok is false if the two cannot be compared.
func (v *version) compare(w *version, semver bool) (c int, ok bool) {
	a, b := v.in(semver), w.in(semver)
	if a == nil || b == nil {
		return 0, false
	}
	c, err := a.Compare(b)
	return c, err == nil
}
