package document

import "strings"

// SameVersion reports whether two texts mean the same version: "v1.0" and "1.0.0" do, and "2.5.0" and "2.5.0+cpu".
func SameVersion(a, b string) bool {
	plain := func(text string) string {
		text, _, _ = strings.Cut(strings.ToLower(strings.TrimPrefix(text, "v")), "+")
		for strings.HasSuffix(text, ".0") {
			text = strings.TrimSuffix(text, ".0")
		}
		return text
	}
	return plain(a) == plain(b)
}

// ExactSemver returns the version if a constraint allows only one: "1.2.3", "=1.2.3", "v1.2.3".
func ExactSemver(constraint string) string {
	version := strings.TrimPrefix(strings.TrimLeft(strings.TrimSpace(constraint), "= "), "v")
	core, _, _ := strings.Cut(version, "+")
	core, _, _ = strings.Cut(core, "-")
	if strings.Count(core, ".") != 2 {
		return ""
	}
	for part := range strings.SplitSeq(core, ".") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return ""
		}
	}
	if strings.ContainsAny(version, " |,<>*^~") {
		return ""
	}
	return version
}

// ExactMaven returns a Maven version that is not a range, a property or "LATEST"; "[1.0]" is exact
// (https://maven.apache.org/pom.html#dependency-version-requirement-specification).
func ExactMaven(version string) string {
	if inner, ok := strings.CutPrefix(version, "["); ok {
		version, ok = strings.CutSuffix(inner, "]")
		if !ok || strings.Contains(version, ",") {
			return ""
		}
	}
	if version == "LATEST" || version == "RELEASE" || strings.ContainsAny(version, "[](), \t\n$@{}") {
		return ""
	}
	return version
}
