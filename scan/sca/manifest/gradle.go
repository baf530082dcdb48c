package manifest

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// gradleFormats are the files of Gradle, whose packages are Maven packages.
var gradleFormats = []format{
	{name: "gradle.lockfile", match: isGradleLock, ecosystem: scan.EcosystemMaven, lock: true, whole: lineHas("empty=", "#"), read: readGradleLock},
	{name: "libs.versions.toml", match: isGradleCatalogue, ecosystem: scan.EcosystemMaven, read: readGradleCatalogue},
	{name: "verification-metadata.xml", match: isGradleVerification, ecosystem: scan.EcosystemMaven, read: readGradleVerification},
}

// isGradleLock matches the single file of Gradle 7 and later, and the files per configuration of older versions
// (https://docs.gradle.org/current/userguide/dependency_locking.html).
func isGradleLock(base, name string) bool {
	return base == "gradle.lockfile" || base == "buildscript-gradle.lockfile" ||
		strings.HasSuffix(base, ".lockfile") && strings.HasSuffix(path.Dir(name), "gradle/dependency-locks")
}

func isGradleCatalogue(base, _ string) bool { return strings.HasSuffix(base, ".versions.toml") }

func isGradleVerification(base, name string) bool {
	return base == "verification-metadata.xml" && path.Base(path.Dir(name)) == "gradle"
}

// readGradleLock reads lines like "group:name:1.0=compileClasspath,testRuntimeClasspath".
func readGradleLock(s *source) error {
	base := path.Base(s.path)
	buildscript := strings.HasPrefix(base, "buildscript-")
	var failed error
	shared := strings.HasSuffix(base, "gradle.lockfile") // for all configurations; its last line names the empty ones
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.data), "\n") {
		start := offset
		offset += len(line)
		text := strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if strings.HasPrefix(text, "empty=") {
			s.doc.says = true
		}
		if text == "" || text[0] == '#' || strings.HasPrefix(text, "empty=") {
			continue
		}
		start += strings.Index(line, text)
		id, configurations, ok := strings.Cut(text, "=")
		if !ok {
			configurations = strings.TrimSuffix(base, ".lockfile")
		}
		name, version, ok := cutLast(id, ":")
		if !ok || strings.Count(name, ":") != 1 || version == "" {
			if failed == nil {
				failed = s.errAt(start, "no group:name:version")
			}
			continue
		}
		p := scan.Package{Name: name, Version: version, Development: buildscript || !isGradleProduction(configurations)}
		s.add(Entry{Package: p}, start, start+len(name))
	}
	if shared && !s.doc.says {
		s.withoutEnd(`line "empty="`)
	}
	return failed
}

// isGradleProduction reports whether one of the configurations is for more than building and testing
// (https://docs.gradle.org/current/userguide/java_library_plugin.html#sec:java_library_configurations_graph).
func isGradleProduction(configurations string) bool {
	for name := range strings.SplitSeq(configurations, ",") {
		lower := strings.ToLower(name)
		switch {
		case strings.Contains(lower, "test"), strings.Contains(lower, "annotationprocessor"), strings.HasPrefix(lower, "kapt"),
			strings.HasPrefix(lower, "ksp"), strings.HasPrefix(lower, "kotlincompiler"), strings.HasPrefix(lower, "kotlinbuildtools"),
			strings.HasPrefix(lower, "jacoco"), lower == "checkstyle", lower == "pmd", lower == "spotbugs", lower == "detekt", lower == "ktlint", lower == "classpath":
		default:
			return true
		}
	}
	return false
}

// readGradleCatalogue reads a version catalogue (https://docs.gradle.org/current/userguide/version_catalogs.html). It
// sets versions for the builds, but does not say which builds ask for them. A plugin is identified by its marker
// (https://docs.gradle.org/current/userguide/plugins.html#sec:plugin_markers).
func readGradleCatalogue(s *source) error {
	root, err := readTOML(s)
	versions := root.member("versions")
	index := newLines(s.data)
	// at is the place of a version in [versions].
	at := func(m *tomlNode) *scan.Place {
		v := versions.member(m.at("version", "ref").string())
		if v == nil {
			return nil
		}
		return &scan.Place{Path: s.path, Start: v.keyStart, End: v.keyEnd, Line: index.of(v.keyStart)}
	}
	for _, m := range root.member("libraries").table() {
		name, version := m.member("module").string(), gradleVersion(m.member("version"), versions)
		if text := m.string(); text != "" {
			name, version, _ = cutLast(text, ":")
		} else if name == "" {
			name = m.member("group").string() + ":" + m.member("name").string()
		}
		if strings.Count(name, ":") == 1 && name[0] != ':' && !strings.HasSuffix(name, ":") {
			d := Declaration{Name: name, Constraint: version, Version: exactGradle(version), Shared: true, at: at(m)}
			s.declare(d, m.keyStart, m.keyEnd)
		}
	}
	for _, m := range root.member("plugins").table() {
		id, version := m.member("id").string(), gradleVersion(m.member("version"), versions)
		if text := m.string(); text != "" {
			id, version, _ = cutLast(text, ":")
		}
		if id != "" {
			d := Declaration{Name: id + ":" + id + ".gradle.plugin", Constraint: version, Version: exactGradle(version), Development: true, Shared: true, at: at(m)}
			s.declare(d, m.keyStart, m.keyEnd)
		}
	}
	return err
}

// gradleVersion returns the text of a version: "1.0", { ref = "name" }, or a rich version, of which "prefer" counts.
func gradleVersion(m, versions *tomlNode) string {
	if ref := m.member("ref").string(); ref != "" {
		m = versions.member(ref)
	}
	for _, key := range []string{"prefer", "strictly", "require"} {
		if text := m.member(key).string(); text != "" {
			return text
		}
	}
	return m.string()
}

// exactGradle returns a version that is not a range, a prefix or "latest.release".
func exactGradle(version string) string {
	if strings.ContainsAny(version, "+[](), $!") || strings.HasPrefix(version, "latest.") {
		return ""
	}
	return version
}

// readGradleVerification reads the list of all files that a build may use, with their digests
// (https://docs.gradle.org/current/userguide/dependency_verification.html).
func readGradleVerification(s *source) error {
	inside := false
	return readXML(s, func(x *xmlText) error {
		switch {
		case x.is("verification-metadata", "components", "component"):
			p := scan.Package{Name: x.attribute("group") + ":" + x.attribute("name"), Version: x.attribute("version")}
			if inside = x.attribute("group") != "" && x.attribute("name") != ""; inside {
				start, end := x.attributePlace("name")
				s.add(Entry{Package: p}, start, end)
			}
		case inside && len(x.path) == 5 && x.path[2] == "component" && x.path[3] == "artifact":
			p := &s.doc.Entries[len(s.doc.Entries)-1].Package
			if value := x.attribute("value"); p.Hash == "" && isHex(value) {
				p.Hash = x.path[4] + ":" + strings.ToLower(value)
			}
		}
		return nil
	}, nil)
}
