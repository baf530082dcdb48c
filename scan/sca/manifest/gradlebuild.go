package manifest

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// gradleBuildFormats are the build programs of Gradle, and the file with their properties.
var gradleBuildFormats = []format{
	{name: "build.gradle", match: isGradleBuild, ecosystem: scan.EcosystemMaven, read: readGradleBuild},
	{name: "gradle.properties", match: named("gradle.properties"), ecosystem: scan.EcosystemMaven, read: readGradleProperties},
}

func isGradleBuild(base, _ string) bool {
	return strings.HasSuffix(base, ".gradle") || strings.HasSuffix(base, ".gradle.kts")
}

// gradleBuild is what a file defines for itself and for the files below it.
type gradleBuild struct {
	// values are the values of variables and properties, by the last word of their names.
	values map[string]*gradleValue
}

// gradleValue is a text and its place; torn is true if the name has several values.
type gradleValue struct {
	text  string
	place scan.Place
	torn  bool
}

func (b *gradleBuild) set(s *source, index lines, name string, text string, start, end int) {
	if old := b.values[name]; old != nil {
		old.torn = old.torn || old.text != text
		return
	}
	b.values[name] = &gradleValue{text: text, place: scan.Place{Path: s.path, Start: start, End: end, Line: index.of(start)}}
}

var (
	// gradleAssign finds assignments of a text to a name: x = "1", ext.x = '1', extra["x"] = "1", set("x", "1"), x: '1', x
	// by extra("1").
	gradleAssign = expression(`(?:\bset\([ \t]*["']([A-Za-z_][A-Za-z0-9_.]*)["'][ \t]*,|([A-Za-z_][A-Za-z0-9_.]*)(?:["']\])?[ \t]*(?:=|:|by extra\())[ \t]*["']([^"'\r\n]{1,100})["']`)
	// gradleMap finds group: 'g', name: 'n', version: 'v' and its form in Kotlin.
	gradleMap = expression(`\bgroup\s*[:=]\s*["']([^"'\r\n]+)["']\s*,\s*name\s*[:=]\s*["']([^"'\r\n]+)["'](?:\s*,\s*version\s*[:=]\s*(?:["']([^"'\r\n]*)["']|([A-Za-z_][A-Za-z0-9_.\[\]"']*)))?`)
	// gradleCall finds implementation("g", "n", "v").
	gradleCall = expression(`\b([A-Za-z]+)\s*\(\s*"([^"\r\n:]+)"\s*,\s*"([^"\r\n:]+)"(?:\s*,\s*"([^"\r\n]+)")?\s*\)`)
	// gradlePlugin finds id 'x' version '1', id("x") version "1" and kotlin("x") version "1".
	gradlePlugin = expression(`\b(id|kotlin)[ \t]*\(?[ \t]*["']([A-Za-z0-9_.-]+)["'][ \t]*\)?[ \t]+version[ \t]*\(?[ \t]*["']([^"'\r\n]+)["']`)
	gradleWord   = expression(`[A-Za-z_][A-Za-z0-9_]*`)
	gradleName   = expression(`^[A-Za-z][A-Za-z0-9_.-]*$`)
)

// gradleFields are words of the map notation that are not variables.
var gradleFields = map[string]bool{"group": true, "name": true, "version": true, "module": true, "ext": true, "classifier": true, "id": true}

// gradleConfigurations are suffixes of configuration names
// (https://docs.gradle.org/current/userguide/java_library_plugin.html#sec:java_library_configurations_graph), in lower
// case.
var gradleConfigurations = []string{
	"implementation", "api", "compile", "compileonly", "compileonlyapi", "runtime", "runtimeonly", "annotationprocessor", "kapt", "ksp", "classpath",
	"providedcompile", "providedruntime", "developmentonly", "corelibrarydesugaring",
}

func isGradleConfiguration(word string) bool {
	word = strings.ToLower(word)
	for _, end := range gradleConfigurations {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// readGradleBuild reads the literal parts of a Gradle build
// (https://docs.gradle.org/current/userguide/declaring_dependencies_basics.html): the string and the map notation,
// plugins, and the variables in versions.
func readGradleBuild(s *source) error {
	c := readCode(s, gradleStyle)
	index := newLines(s.data)
	b := &gradleBuild{values: map[string]*gradleValue{}}
	s.doc.detail = b
	g := gradleReader{s: s, c: c}
	for i := range c.literals {
		g.notation(&c.literals[i])
	}
	for _, m := range gradleMap().FindAllSubmatchIndex(c.text, -1) {
		word, _ := c.wordBefore(m[0])
		g.declare(text(c, m, 2)+":"+text(c, m, 4), text(c, m, 6), text(c, m, 8), word, m[4], m[5])
	}
	for _, m := range gradleCall().FindAllSubmatchIndex(c.text, -1) {
		if word := text(c, m, 2); isGradleConfiguration(word) {
			g.declare(text(c, m, 4)+":"+text(c, m, 6), text(c, m, 8), "", word, m[6], m[7])
		}
	}
	for _, m := range gradlePlugin().FindAllSubmatchIndex(c.text, -1) {
		id := text(c, m, 4)
		if text(c, m, 2) == "kotlin" {
			id = "org.jetbrains.kotlin." + id
		}
		g.declare(id+":"+id+".gradle.plugin", text(c, m, 6), "", "classpath", m[4], m[5])
	}
	for _, m := range gradleAssign().FindAllSubmatchIndex(c.text, -1) {
		name := text(c, m, 2) + text(c, m, 4)
		name = name[strings.LastIndexByte(name, '.')+1:]
		if value := text(c, m, 6); !gradleFields[name] && !strings.ContainsAny(value, "$: ") {
			b.set(s, index, name, value, m[6], m[7])
		}
	}
	return nil
}

type gradleReader struct {
	s *source
	c *codeText
}

// notation parses a string like "group:name:version:classifier@type".
func (g *gradleReader) notation(l *literal) {
	if strings.ContainsAny(l.text, " \t\n/") && !strings.Contains(l.text, "${") {
		return
	}
	body, _, _ := strings.Cut(l.text, "@")
	parts := strings.Split(body, ":")
	if len(parts) < 2 || len(parts) > 4 || !gradleName().MatchString(parts[0]) || !gradleName().MatchString(parts[1]) {
		return
	}
	word, start := g.c.wordBefore(l.start - 1)
	if word == "platform" || word == "enforcedPlatform" || word == "testFixtures" {
		word, _ = g.c.wordBefore(start)
	}
	version, variable := "", ""
	switch {
	case len(parts) == 2:
		if !isGradleConfiguration(word) {
			return // two words with a colon can be anything
		}
	case parts[2] == "":
		// "group:name:" + version
		rest := strings.TrimLeft(string(g.c.text[min(l.end+1, len(g.c.text)):min(l.end+200, len(g.c.text))]), " \t")
		if rest, ok := strings.CutPrefix(rest, "+"); ok {
			variable, _, _ = strings.Cut(strings.TrimLeft(rest, " \t"), "\n")
			variable, _, _ = strings.Cut(variable, "+")
		}
	default:
		version = parts[2]
		if !strings.ContainsAny(version[:1], "0123456789$[(+") && !isGradleConfiguration(word) && word != "mavenBom" && word != "dependency" {
			return
		}
	}
	g.declare(parts[0]+":"+parts[1], version, variable, word, l.start, l.start+len(parts[0])+1+len(parts[1]))
}

// declare adds a declaration. variable is an expression for its version; the version itself may also contain one.
func (g *gradleReader) declare(name, version, variable, configuration string, start, end int) {
	group, artifact, _ := strings.Cut(name, ":")
	if !gradleName().MatchString(group) || !gradleName().MatchString(artifact) {
		return
	}
	d := Declaration{Name: name, Constraint: version, Development: configuration != "" && !isGradleProduction(configuration), rootless: true}
	if rest, ok := strings.CutPrefix(version, "$"); ok {
		variable = rest
	} else {
		d.Version = exactGradle(version)
	}
	if variable != "" {
		words := gradleWord().FindAllString(strings.NewReplacer(".get()", "", ".toString()", "").Replace(variable), -1)
		if strings.Contains(variable, "libs.") || len(words) == 0 {
			words = nil
		}
		if words != nil {
			d.variable = words[len(words)-1]
		}
		d.Version = ""
	}
	g.s.declare(d, start, end)
}

// readGradleProperties reads "name=value" (https://docs.gradle.org/current/userguide/build_environment.html#sec:gradle_configuration_properties).
func readGradleProperties(s *source) error {
	b := &gradleBuild{values: map[string]*gradleValue{}}
	s.doc.detail = b
	index := newLines(s.data)
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.data), "\n") {
		start := offset
		offset += len(line)
		name, value, ok := strings.Cut(line, "=")
		if name = strings.TrimSpace(name); !ok || name == "" || name[0] == '#' || name[0] == '!' {
			continue
		}
		start += len(line) - len(value)
		trimmed := strings.TrimSpace(value)
		start += len(value) - len(strings.TrimLeft(value, " \t"))
		b.set(s, index, name[strings.LastIndexByte(name, '.')+1:], trimmed, start, start+max(len(trimmed), 1))
	}
	return nil
}

// resolveGradle gives declarations the versions of their variables: from the same file, from the files in its folder,
// from the folders above, and from their "gradle" folders, whose scripts builds apply.
func resolveGradle(docs []*Document) {
	folders := map[string][]*gradleBuild{}
	for _, doc := range docs {
		if buildOf(doc) == nil {
			continue
		}
		folder := path.Dir(doc.Path)
		if path.Base(folder) == "gradle" || path.Base(folder) == "buildSrc" {
			folder = path.Dir(folder)
		}
		folders[folder] = append(folders[folder], buildOf(doc))
	}
	for _, doc := range docs {
		if buildOf(doc) == nil {
			continue
		}
		for i := range doc.Declared {
			name := doc.Declared[i].variable
			if name == "" {
				continue
			}
			value := buildOf(doc).values[name]
			for folder, steps := path.Dir(doc.Path), 0; value == nil && steps < maxDepth; folder, steps = path.Dir(folder), steps+1 {
				for _, b := range folders[folder] {
					if value == nil {
						value = b.values[name]
					}
				}
				if folder == "." || folder == "/" {
					break
				}
			}
			if value == nil || value.torn {
				continue
			}
			d := &doc.Declared[i]
			if d.Constraint, d.Version = value.text, exactGradle(value.text); d.Version != "" {
				d.at = &value.place
			}
		}
	}
}

// buildOf returns what a Gradle build knows about versions; nil for other files.
func buildOf(doc *Document) *gradleBuild {
	detail, _ := doc.detail.(*gradleBuild)
	return detail
}
