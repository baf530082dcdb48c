package gradle

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// LockFormats are the files of Gradle, whose packages are Maven packages.
var LockFormats = []document.Format{
	{Name: "gradle.lockfile", Match: isGradleLock, Ecosystem: scan.EcosystemMaven, Lock: true, Whole: syntax.LineHas("empty=", "#"), Read: readGradleLock},
	{Name: "libs.versions.toml", Match: isGradleCatalogue, Ecosystem: scan.EcosystemMaven, Read: readGradleCatalogue},
	{Name: "verification-metadata.xml", Match: isGradleVerification, Ecosystem: scan.EcosystemMaven, Read: readGradleVerification},
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
func readGradleLock(s *document.Source) error {
	base := path.Base(s.Path)
	buildscript := strings.HasPrefix(base, "buildscript-")
	var failed error
	shared := strings.HasSuffix(base, "gradle.lockfile") // for all configurations; its last line names the empty ones
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
		start := offset
		offset += len(line)
		text := strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if strings.HasPrefix(text, "empty=") {
			s.Doc.MayBeEmpty = true
		}
		if text == "" || text[0] == '#' || strings.HasPrefix(text, "empty=") {
			continue
		}
		start += strings.Index(line, text)
		id, configurations, ok := strings.Cut(text, "=")
		if !ok {
			configurations = strings.TrimSuffix(base, ".lockfile")
		}
		name, version, ok := document.CutLast(id, ":")
		if !ok || strings.Count(name, ":") != 1 || version == "" {
			if failed == nil {
				failed = s.ErrAt(start, "no group:name:version")
			}
			continue
		}
		p := scan.Package{Name: name, Version: version, Development: buildscript || !isGradleProduction(configurations)}
		s.Add(document.Entry{Package: p}, start, start+len(name))
	}
	if shared && !s.Doc.MayBeEmpty {
		s.WithoutEnd(`line "empty="`)
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
func readGradleCatalogue(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	versions := root.Member("versions")
	index := document.NewLines(s.Data)
	// at is the place of a version in [versions].
	at := func(m *syntax.TOML) *scan.Place {
		v := versions.Member(m.At("version", "ref").String())
		if v == nil {
			return nil
		}
		return &scan.Place{Path: s.Path, Start: v.KeyStart, End: v.KeyEnd, Line: index.Of(v.KeyStart)}
	}
	for _, m := range root.Member("libraries").Table() {
		name, version := m.Member("module").String(), gradleVersion(m.Member("version"), versions)
		if text := m.String(); text != "" {
			name, version, _ = document.CutLast(text, ":")
		} else if name == "" {
			name = m.Member("group").String() + ":" + m.Member("name").String()
		}
		if strings.Count(name, ":") == 1 && name[0] != ':' && !strings.HasSuffix(name, ":") {
			d := document.Declaration{Name: name, Constraint: version, Version: exactGradle(version), Shared: true, At: at(m)}
			s.Declare(d, m.KeyStart, m.KeyEnd)
		}
	}
	for _, m := range root.Member("plugins").Table() {
		id, version := m.Member("id").String(), gradleVersion(m.Member("version"), versions)
		if text := m.String(); text != "" {
			id, version, _ = document.CutLast(text, ":")
		}
		if id != "" {
			d := document.Declaration{Name: id + ":" + id + ".gradle.plugin", Constraint: version, Version: exactGradle(version), Development: true, Shared: true, At: at(m)}
			s.Declare(d, m.KeyStart, m.KeyEnd)
		}
	}
	return err
}

// gradleVersion returns the text of a version: "1.0", { ref = "name" }, or a rich version, of which "prefer" counts.
func gradleVersion(m, versions *syntax.TOML) string {
	if ref := m.Member("ref").String(); ref != "" {
		m = versions.Member(ref)
	}
	for _, key := range []string{"prefer", "strictly", "require"} {
		if text := m.Member(key).String(); text != "" {
			return text
		}
	}
	return m.String()
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
func readGradleVerification(s *document.Source) error {
	inside := false
	return syntax.ReadXML(s, func(x *syntax.XML) error {
		switch {
		case x.Is("verification-metadata", "components", "component"):
			p := scan.Package{Name: x.Attribute("group") + ":" + x.Attribute("name"), Version: x.Attribute("version")}
			if inside = x.Attribute("group") != "" && x.Attribute("name") != ""; inside {
				start, end := x.AttributePlace("name")
				s.Add(document.Entry{Package: p}, start, end)
			}
		case inside && len(x.Path) == 5 && x.Path[2] == "component" && x.Path[3] == "artifact":
			p := &s.Doc.Entries[len(s.Doc.Entries)-1].Package
			if value := x.Attribute("value"); p.Hash == "" && document.IsHex(value) {
				p.Hash = x.Path[4] + ":" + strings.ToLower(value)
			}
		}
		return nil
	}, nil)
}
