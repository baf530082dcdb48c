package gradle

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// BuildFormats are the build programs of Gradle, and the file with their properties.
var BuildFormats = []document.Format{
	{Name: "build.gradle", Match: isGradleBuild, Ecosystem: scan.EcosystemMaven, Read: readGradleBuild},
	{Name: "gradle.properties", Match: document.Named("gradle.properties"), Ecosystem: scan.EcosystemMaven, Read: readGradleProperties},
}

func isGradleBuild(base, _ string) bool {
	return strings.HasSuffix(base, ".gradle") || strings.HasSuffix(base, ".gradle.kts")
}

// build is what a file defines for itself and for the files below it.
type build struct {
	// values are the values of variables and properties, by the last word of their names.
	values map[string]*gradleValue
}

// gradleValue is a text and its place; torn is true if the name has several values.
type gradleValue struct {
	text  string
	place scan.Place
	torn  bool
}

func (b *build) set(s *document.Source, index document.Lines, name string, text string, start, end int) {
	if old := b.values[name]; old != nil {
		old.torn = old.torn || old.text != text
		return
	}
	b.values[name] = &gradleValue{text: text, place: scan.Place{Path: s.Path, Start: start, End: end, Line: index.Of(start)}}
}

var (
	// gradleAssign finds assignments of a text to a name: x = "1", ext.x = '1', extra["x"] = "1", set("x", "1"), x: '1', x
	// by extra("1").
	gradleAssign = syntax.Expression(`(?:\bset\([ \t]*["']([A-Za-z_][A-Za-z0-9_.]*)["'][ \t]*,|([A-Za-z_][A-Za-z0-9_.]*)(?:["']\])?[ \t]*(?:=|:|by extra\())[ \t]*["']([^"'\r\n]{1,100})["']`)
	// gradleMap finds group: 'g', name: 'n', version: 'v' and its form in Kotlin.
	gradleMap = syntax.Expression(`\bgroup\s*[:=]\s*["']([^"'\r\n]+)["']\s*,\s*name\s*[:=]\s*["']([^"'\r\n]+)["'](?:\s*,\s*version\s*[:=]\s*(?:["']([^"'\r\n]*)["']|([A-Za-z_][A-Za-z0-9_.\[\]"']*)))?`)
	// gradleCall finds implementation("g", "n", "v").
	gradleCall = syntax.Expression(`\b([A-Za-z]+)\s*\(\s*"([^"\r\n:]+)"\s*,\s*"([^"\r\n:]+)"(?:\s*,\s*"([^"\r\n]+)")?\s*\)`)
	// gradlePlugin finds id 'x' version '1', id("x") version "1" and kotlin("x") version "1".
	gradlePlugin = syntax.Expression(`\b(id|kotlin)[ \t]*\(?[ \t]*["']([A-Za-z0-9_.-]+)["'][ \t]*\)?[ \t]+version[ \t]*\(?[ \t]*["']([^"'\r\n]+)["']`)
	gradleWord   = syntax.Expression(`[A-Za-z_][A-Za-z0-9_]*`)
	gradleName   = syntax.Expression(`^[A-Za-z][A-Za-z0-9_.-]*$`)
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
func readGradleBuild(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.GradleStyle)
	index := document.NewLines(s.Data)
	b := &build{values: map[string]*gradleValue{}}
	s.Doc.Detail = b
	g := gradleReader{s: s, c: c}
	for i := range c.Literals {
		g.notation(&c.Literals[i])
	}
	for _, m := range gradleMap().FindAllSubmatchIndex(c.Text, -1) {
		word, _ := c.WordBefore(m[0])
		g.declare(syntax.GroupText(c, m, 2)+":"+syntax.GroupText(c, m, 4), syntax.GroupText(c, m, 6), syntax.GroupText(c, m, 8), word, m[4], m[5])
	}
	for _, m := range gradleCall().FindAllSubmatchIndex(c.Text, -1) {
		if word := syntax.GroupText(c, m, 2); isGradleConfiguration(word) {
			g.declare(syntax.GroupText(c, m, 4)+":"+syntax.GroupText(c, m, 6), syntax.GroupText(c, m, 8), "", word, m[6], m[7])
		}
	}
	for _, m := range gradlePlugin().FindAllSubmatchIndex(c.Text, -1) {
		id := syntax.GroupText(c, m, 4)
		if syntax.GroupText(c, m, 2) == "kotlin" {
			id = "org.jetbrains.kotlin." + id
		}
		g.declare(id+":"+id+".gradle.plugin", syntax.GroupText(c, m, 6), "", "classpath", m[4], m[5])
	}
	for _, m := range gradleAssign().FindAllSubmatchIndex(c.Text, -1) {
		name := syntax.GroupText(c, m, 2) + syntax.GroupText(c, m, 4)
		name = name[strings.LastIndexByte(name, '.')+1:]
		if value := syntax.GroupText(c, m, 6); !gradleFields[name] && !strings.ContainsAny(value, "$: ") {
			b.set(s, index, name, value, m[6], m[7])
		}
	}
	return nil
}

type gradleReader struct {
	s *document.Source
	c *syntax.Code
}

// notation parses a string like "group:name:version:classifier@type".
func (g *gradleReader) notation(l *syntax.Literal) {
	if strings.ContainsAny(l.Text, " \t\n/") && !strings.Contains(l.Text, "${") {
		return
	}
	body, _, _ := strings.Cut(l.Text, "@")
	parts := strings.Split(body, ":")
	if len(parts) < 2 || len(parts) > 4 || !gradleName().MatchString(parts[0]) || !gradleName().MatchString(parts[1]) {
		return
	}
	word, start := g.c.WordBefore(l.Start - 1)
	if word == "platform" || word == "enforcedPlatform" || word == "testFixtures" {
		word, _ = g.c.WordBefore(start)
	}
	version, variable := "", ""
	switch {
	case len(parts) == 2:
		if !isGradleConfiguration(word) {
			return // two words with a colon can be anything
		}
	case parts[2] == "":
		// "group:name:" + version
		rest := strings.TrimLeft(string(g.c.Text[min(l.End+1, len(g.c.Text)):min(l.End+200, len(g.c.Text))]), " \t")
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
	g.declare(parts[0]+":"+parts[1], version, variable, word, l.Start, l.Start+len(parts[0])+1+len(parts[1]))
}

// declare adds a declaration. variable is an expression for its version; the version itself may also contain one.
func (g *gradleReader) declare(name, version, variable, configuration string, start, end int) {
	group, artifact, _ := strings.Cut(name, ":")
	if !gradleName().MatchString(group) || !gradleName().MatchString(artifact) {
		return
	}
	d := document.Declaration{Name: name, Constraint: version, Development: configuration != "" && !isGradleProduction(configuration), Rootless: true}
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
			d.Variable = words[len(words)-1]
		}
		d.Version = ""
	}
	g.s.Declare(d, start, end)
}

// readGradleProperties reads "name=value" (https://docs.gradle.org/current/userguide/build_environment.html#sec:gradle_configuration_properties).
func readGradleProperties(s *document.Source) error {
	b := &build{values: map[string]*gradleValue{}}
	s.Doc.Detail = b
	index := document.NewLines(s.Data)
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
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

// Resolve gives declarations the versions of their variables: from the same file, from the files in its folder,
// from the folders above, and from their "gradle" folders, whose scripts builds apply.
func Resolve(docs []*document.Document) {
	folders := map[string][]*build{}
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
			name := doc.Declared[i].Variable
			if name == "" {
				continue
			}
			value := buildOf(doc).values[name]
			for folder, steps := path.Dir(doc.Path), 0; value == nil && steps < syntax.MaxDepth; folder, steps = path.Dir(folder), steps+1 {
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
				d.At = &value.place
			}
		}
	}
}

// buildOf returns what a Gradle build knows about versions; nil for other files.
func buildOf(doc *document.Document) *build {
	detail, _ := doc.Detail.(*build)
	return detail
}
