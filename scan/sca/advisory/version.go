package advisory

import (
	"strings"

	"github.com/google/osv-scalibr/semantic"

	"github.com/sluice-scan/sluice/scan"
)

// maxVersion bounds the length of a version that is compared: the time of some ecosystems' rules grows faster than it.
const maxVersion = 256

// version is a version that can be compared. SemVer ranges compare by SemVer whatever the ecosystem.
type version struct {
	text        string
	own, semver semantic.Version
}

// parseVersion gives a version; ok is false for text that is none: the library's parsers read anything as some version, but
// what has no digit is a branch, a range or a word.
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

// rulesOf names an ecosystem's order for the library.
func rulesOf(e scan.Ecosystem) string {
	switch e {
	case scan.EcosystemActions, scan.EcosystemCargo, scan.EcosystemHex, scan.EcosystemConan, scan.EcosystemSwift:
		return semverRules
	}
	return string(e)
}

// parseAs parses by the rules of an ecosystem. A parser that breaks off knows no such version.
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

// in gives the version in the order of a range.
func (v *version) in(semver bool) semantic.Version {
	if semver {
		return v.semver
	}
	return v.own
}

// compare orders v before (-1), with (0) or behind (1) another version; ok is false when the two cannot be compared.
func (v *version) compare(w *version, semver bool) (c int, ok bool) {
	a, b := v.in(semver), w.in(semver)
	if a == nil || b == nil {
		return 0, false
	}
	c, err := a.Compare(b)
	return c, err == nil
}
