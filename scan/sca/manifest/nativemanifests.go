package manifest

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
)

// nativeFormats are the manifests of Conan, Swift, vcpkg, Carthage, CocoaPods, Dart, Elixir, Scala and Helm.
var nativeFormats = []format{
	{name: "conanfile.txt", match: named("conanfile.txt"), ecosystem: scan.EcosystemConan, read: readConanText},
	{name: "conanfile.py", match: named("conanfile.py"), ecosystem: scan.EcosystemConan, read: readConanPy},
	{name: "Package.swift", match: isSwiftManifest, ecosystem: scan.EcosystemSwift, read: readPackageSwift},
	{name: "pubspec.yaml", match: named("pubspec.yaml"), ecosystem: scan.EcosystemPub, read: readPubspec},
	{name: "mix.exs", match: named("mix.exs"), ecosystem: scan.EcosystemHex, read: readMixExs},
	{name: "build.sbt", match: suffixed(".sbt"), ecosystem: scan.EcosystemMaven, read: readSbt},
	{name: "Podfile", match: named("Podfile"), ecosystem: scan.EcosystemCocoaPods, read: readPodfile},
	{name: "Cartfile", match: named("Cartfile", "Cartfile.resolved"), read: readCartfile},
	{name: "vcpkg.json", match: named("vcpkg.json"), read: readVcpkg},
	{name: "Chart.yaml", match: named("Chart.yaml", "requirements.yaml"), loose: true, read: readChart},
}

// readConanText reads the sections that name packages (https://docs.conan.io/2/reference/conanfile_txt.html).
func readConanText(s *source) error {
	section := ""
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.data), "\n") {
		start := offset
		offset += len(line)
		text, _, _ := strings.Cut(line, "#") // a comment, or the revision of a recipe
		trimmed := strings.TrimSpace(text)
		if strings.HasPrefix(trimmed, "[") && strings.HasSuffix(trimmed, "]") {
			section = trimmed[1 : len(trimmed)-1]
			continue
		}
		switch section {
		case "requires", "build_requires", "tool_requires", "test_requires":
			declareConan(s, trimmed, start+strings.Index(line, trimmed), section != "requires")
		}
	}
	return nil
}

// declareConan adds a reference; a range in brackets is not a version.
func declareConan(s *source, reference string, start int, development bool) {
	p := conanPackage(reference)
	if p.Name == "" || strings.ContainsAny(p.Name, " \t:") {
		return
	}
	d := Declaration{Name: p.Name, Constraint: p.Version, Development: development, rootless: true}
	if !strings.ContainsAny(p.Version, "[]<>~*{} ") {
		d.Version = p.Version
	}
	s.declare(d, start, start+len(p.Name))
}

var conanRequires = expression(`\b((?:tool_|build_|test_|python_)?requires)\s*(?:=|\()\s*`)

// readConanPy reads the literal references of a recipe
// (https://docs.conan.io/2/reference/conanfile/attributes.html#requires).
func readConanPy(s *source) error {
	c := readCode(s, scriptStyle)
	read := 0 // a nested list is read with the outer one
	for _, m := range conanRequires().FindAllSubmatchIndex(c.text, -1) {
		if m[0] < read {
			continue
		}
		end := len(c.text)
		if i := bytes.IndexByte(c.text[m[1]:], '\n'); i >= 0 {
			end = m[1] + i
		}
		if m[1] < len(c.text) && (c.text[m[1]] == '(' || c.text[m[1]] == '[') {
			end = c.closing(m[1], len(c.text))
		}
		read = end
		for _, l := range c.between(m[1], end) {
			declareConan(s, l.text, l.start, text(c, m, 2) != "requires")
		}
	}
	return nil
}

func isSwiftManifest(base, _ string) bool {
	return base == "Package.swift" || strings.HasPrefix(base, "Package@swift-") && strings.HasSuffix(base, ".swift")
}

var (
	swiftPackage = expression(`\.package\s*\(`)
	swiftExact   = expression(`(?:\bexact\s*:|\.exact\s*\()\s*$`)
	swiftLabel   = expression(`\b(url|id|path)\s*:\s*$`)
)

// readPackageSwift reads the packages of a manifest by their addresses
// (https://docs.swift.org/swiftpm/documentation/packagedescription/package/dependency/).
func readPackageSwift(s *source) error {
	c := readCode(s, swiftStyle)
	const maxSwiftPackage = 2000 // bytes of one call
	behind := 0
	for _, m := range swiftPackage().FindAllIndex(c.text, -1) {
		if m[0] < behind {
			continue // calls are not nested
		}
		end := c.closing(m[1]-1, m[1]+maxSwiftPackage)
		behind = end
		d := Declaration{rootless: true}
		var start, stop int
		from := m[1]
		for _, l := range c.between(m[1], end) {
			before := c.text[from : l.start-1]
			from = l.end + 1
			label := swiftLabel().FindSubmatch(before)
			switch {
			case label != nil && string(label[1]) == "path":
				d.Origin = scan.OriginLocal
			case label != nil:
				d.Name, start, stop = l.text, l.start, l.end
			case swiftExact().Match(before):
				d.Version = exactSemver(l.text)
			}
		}
		if d.Origin != scan.OriginLocal {
			s.declare(d, start, stop)
		}
	}
	return nil
}

// readPubspec reads the dependencies of a Dart project (https://dart.dev/tools/pub/dependencies).
func readPubspec(s *source) error {
	y, err := readYAML(s)
	if err != nil {
		return err
	}
	for _, group := range []string{"dependencies", "dev_dependencies"} {
		members(member(y.root(), group), func(key, value *yaml.Node) {
			d := Declaration{Name: key.Value, Constraint: scalar(value), Development: group == "dev_dependencies"}
			if d.Constraint == "" {
				d.Constraint = scalar(member(value, "version"))
			}
			switch {
			case member(value, "sdk") != nil, member(value, "path") != nil:
				return
			case member(value, "git") != nil:
				d.Origin = scan.OriginGit
			}
			d.Version = exactSemver(d.Constraint)
			start, end := y.span(key)
			s.declare(d, start, end)
		})
	}
	return nil
}

var (
	mixTuple = expression(`\{\s*:([a-z][A-Za-z0-9_]*)\s*,\s*("([^"\r\n]*)"[^{}\r\n]*|(?:git|github|path):[^{}\r\n]*)\}`)
	mixOnly  = expression(`\bonly:\s*(\[[^\]]*\]|:[a-z_]+)`)
)

// readMixExs reads the dependency tuples of an Elixir project (https://hexdocs.pm/mix/Mix.Tasks.Deps.html).
func readMixExs(s *source) error {
	c := readCode(s, scriptStyle)
	for _, m := range mixTuple().FindAllSubmatchIndex(c.text, -1) {
		rest, constraint := text(c, m, 4), text(c, m, 6)
		if constraint != "" && !strings.ContainsAny(constraint[:1], "0123456789~>=<! ") {
			continue
		}
		d := Declaration{Name: text(c, m, 2), Constraint: constraint, rootless: true}
		if only := mixOnly().FindStringSubmatch(rest); only != nil {
			d.Development = onlyDevelopment(strings.ReplaceAll(only[1], ":dev,", ":development,")) || strings.Trim(only[1], "[]: ") == "dev"
		}
		switch {
		case strings.Contains(rest, "path:"):
			continue
		case strings.Contains(rest, "git:") || strings.Contains(rest, "github:"):
			d.Origin = scan.OriginGit
		}
		d.Version = exactSemver(strings.TrimPrefix(strings.TrimSpace(constraint), "=="))
		s.declare(d, m[2], m[3])
	}
	return nil
}

var (
	sbtModule = expression(`"([A-Za-z][^"\s]*)"\s*(%{1,3})\s*"([^"\s]+)"\s*%\s*(?:"([^"\s]+)"|([A-Za-z_][A-Za-z0-9_.]*))(\s*%\s*(?:"?[Tt]est|Provided))?`)
	sbtValue  = expression(`\bval\s+([A-Za-z_][A-Za-z0-9_]*)\s*=\s*"([^"\s]+)"`)
	sbtScala  = expression(`\bscalaVersion\s*:=\s*"(\d+)\.(\d+)[^"]*"`)
)

// readSbt reads "group" % "name" % "version" (https://www.scala-sbt.org/1.x/docs/Library-Dependencies.html). After "%%"
// the name gets the version of Scala as a suffix; without that version, the package's name in the registry is not known.
func readSbt(s *source) error {
	c := readCode(s, gradleStyle)
	suffix := ""
	if m := sbtScala().FindSubmatch(c.text); m != nil {
		if suffix = "_" + string(m[1]); string(m[1]) == "2" {
			suffix += "." + string(m[2])
		}
	}
	values := map[string]string{}
	for _, m := range sbtValue().FindAllSubmatch(c.text, -1) {
		values[string(m[1])] = string(m[2])
	}
	for _, m := range sbtModule().FindAllSubmatchIndex(c.text, -1) {
		version := text(c, m, 8)
		if variable := text(c, m, 10); variable != "" {
			version = values[variable[strings.LastIndexByte(variable, '.')+1:]]
		}
		d := Declaration{Name: text(c, m, 2) + ":" + text(c, m, 6), Constraint: version, Development: text(c, m, 12) != "", rootless: true}
		if d.Version = exactMaven(version); text(c, m, 4) != "%" {
			if d.Name += suffix; suffix == "" {
				d.Version = ""
			}
		}
		if !strings.ContainsAny(d.Name[:len(d.Name)-len(suffix)], "/ ") {
			s.declare(d, m[6], m[7])
		}
	}
	return nil
}

var podLine = expression(`(?m)^[ \t]*pod[ \t(]+["']([^"'\r\n]+)["'](?:[ \t]*,[ \t]*["']([^"'\r\n]*)["'])?([^\r\n]*)`)

// readPodfile reads the pods of a Podfile (https://guides.cocoapods.org/syntax/podfile.html#pod).
func readPodfile(s *source) error {
	c := readCode(s, scriptStyle)
	for _, m := range podLine().FindAllSubmatchIndex(c.text, -1) {
		d := Declaration{Name: text(c, m, 2), Constraint: text(c, m, 4), of: string(scan.EcosystemCocoaPods), rootless: true}
		if strings.Contains(text(c, m, 6), ":path") || strings.Contains(text(c, m, 6), "path:") {
			continue
		}
		s.declare(d, m[2], m[3])
	}
	return nil
}

var cartLine = expression(`(?m)^[ \t]*(?:github|git|binary)[ \t]+"([^"\r\n]+)"`)

// readCartfile reads the frameworks of a Cartfile (https://github.com/Carthage/Carthage/blob/master/Documentation/Artifacts.md#cartfile).
func readCartfile(s *source) error {
	c := readCode(s, scriptStyle)
	for _, m := range cartLine().FindAllSubmatchIndex(c.text, -1) {
		s.declare(Declaration{Name: text(c, m, 2), of: "Carthage"}, m[2], m[3])
	}
	return nil
}

// readVcpkg reads the ports of a C++ project (https://learn.microsoft.com/vcpkg/reference/vcpkg-json#dependencies).
func readVcpkg(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name != "dependencies" {
				return j.skip()
			}
			return j.array(func() error {
				if j.kind() == '{' {
					return j.object(func(key jsonKey) error {
						if key.name != "name" {
							return j.skip()
						}
						name, start, end, err := j.placed()
						s.declare(Declaration{Name: name, of: "vcpkg"}, start, end)
						return err
					})
				}
				name, start, end, err := j.placed()
				s.declare(Declaration{Name: name, of: "vcpkg"}, start, end)
				return err
			})
		})
	})
}

// readChart reads the dependencies of a Helm chart (https://helm.sh/docs/topics/charts/#chart-dependencies).
func readChart(s *source) error {
	y, err := readYAML(s)
	if err != nil {
		return err
	}
	for _, item := range items(member(y.root(), "dependencies")) {
		name := member(item, "name")
		if repository := scalar(member(item, "repository")); name == nil || strings.HasPrefix(repository, "file:") {
			continue
		}
		start, end := y.span(name)
		s.declare(Declaration{Name: scalar(name), of: "Helm"}, start, end)
	}
	return nil
}
