package ecosystems

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// NativeFormats are the manifests of Conan, Swift, vcpkg, Carthage, CocoaPods, Dart, Elixir, Scala and Helm.
var NativeFormats = []document.Format{
	{Name: "conanfile.txt", Match: document.Named("conanfile.txt"), Ecosystem: scan.EcosystemConan, Read: readConanText},
	{Name: "conanfile.py", Match: document.Named("conanfile.py"), Ecosystem: scan.EcosystemConan, Read: readConanPy},
	{Name: "Package.swift", Match: isSwiftManifest, Ecosystem: scan.EcosystemSwift, Read: readPackageSwift},
	{Name: "pubspec.yaml", Match: document.Named("pubspec.yaml"), Ecosystem: scan.EcosystemPub, Read: readPubspec},
	{Name: "mix.exs", Match: document.Named("mix.exs"), Ecosystem: scan.EcosystemHex, Read: readMixExs},
	{Name: "build.sbt", Match: document.Suffixed(".sbt"), Ecosystem: scan.EcosystemMaven, Read: readSbt},
	{Name: "Podfile", Match: document.Named("Podfile"), Ecosystem: scan.EcosystemCocoaPods, Read: readPodfile},
	{Name: "Cartfile", Match: document.Named("Cartfile", "Cartfile.resolved"), Read: readCartfile},
	{Name: "vcpkg.json", Match: document.Named("vcpkg.json"), Read: readVcpkg},
	{Name: "Chart.yaml", Match: document.Named("Chart.yaml", "requirements.yaml"), Loose: true, Read: readChart},
}

// readConanText reads the sections that name packages (https://docs.conan.io/2/reference/conanfile_txt.html).
func readConanText(s *document.Source) error {
	section := ""
	offset := 0
	for line := range strings.SplitAfterSeq(string(s.Data), "\n") {
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
func declareConan(s *document.Source, reference string, start int, development bool) {
	p := conanPackage(reference)
	if p.Name == "" || strings.ContainsAny(p.Name, " \t:") {
		return
	}
	d := document.Declaration{Name: p.Name, Constraint: p.Version, Development: development, Rootless: true}
	if !strings.ContainsAny(p.Version, "[]<>~*{} ") {
		d.Version = p.Version
	}
	s.Declare(d, start, start+len(p.Name))
}

var conanRequires = syntax.Expression(`\b((?:tool_|build_|test_|python_)?requires)\s*(?:=|\()\s*`)

// readConanPy reads the literal references of a recipe
// (https://docs.conan.io/2/reference/conanfile/attributes.html#requires).
func readConanPy(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.ScriptStyle)
	read := 0 // a nested list is read with the outer one
	for _, m := range conanRequires().FindAllSubmatchIndex(c.Text, -1) {
		if m[0] < read {
			continue
		}
		end := len(c.Text)
		if i := bytes.IndexByte(c.Text[m[1]:], '\n'); i >= 0 {
			end = m[1] + i
		}
		if m[1] < len(c.Text) && (c.Text[m[1]] == '(' || c.Text[m[1]] == '[') {
			end = c.Closing(m[1], len(c.Text))
		}
		read = end
		for _, l := range c.Between(m[1], end) {
			declareConan(s, l.Text, l.Start, syntax.GroupText(c, m, 2) != "requires")
		}
	}
	return nil
}

func isSwiftManifest(base, _ string) bool {
	return base == "Package.swift" || strings.HasPrefix(base, "Package@swift-") && strings.HasSuffix(base, ".swift")
}

var (
	swiftPackage = syntax.Expression(`\.package\s*\(`)
	swiftExact   = syntax.Expression(`(?:\bexact\s*:|\.exact\s*\()\s*$`)
	swiftLabel   = syntax.Expression(`\b(url|id|path)\s*:\s*$`)
)

// readPackageSwift reads the packages of a manifest by their addresses
// (https://docs.swift.org/swiftpm/documentation/packagedescription/package/dependency/).
func readPackageSwift(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.SwiftStyle)
	const maxSwiftPackage = 2000 // bytes of one call
	behind := 0
	for _, m := range swiftPackage().FindAllIndex(c.Text, -1) {
		if m[0] < behind {
			continue // calls are not nested
		}
		end := c.Closing(m[1]-1, m[1]+maxSwiftPackage)
		behind = end
		d := document.Declaration{Rootless: true}
		var start, stop int
		from := m[1]
		for _, l := range c.Between(m[1], end) {
			before := c.Text[from : l.Start-1]
			from = l.End + 1
			label := swiftLabel().FindSubmatch(before)
			switch {
			case label != nil && string(label[1]) == "path":
				d.Origin = scan.OriginLocal
			case label != nil:
				d.Name, start, stop = l.Text, l.Start, l.End
			case swiftExact().Match(before):
				d.Version = document.ExactSemver(l.Text)
			}
		}
		if d.Origin != scan.OriginLocal {
			s.Declare(d, start, stop)
		}
	}
	return nil
}

// readPubspec reads the dependencies of a Dart project (https://dart.dev/tools/pub/dependencies).
func readPubspec(s *document.Source) error {
	y, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	for _, group := range []string{"dependencies", "dev_dependencies"} {
		syntax.Members(syntax.Member(y.Root(), group), func(key, value *yaml.Node) {
			d := document.Declaration{Name: key.Value, Constraint: syntax.Scalar(value), Development: group == "dev_dependencies"}
			if d.Constraint == "" {
				d.Constraint = syntax.Scalar(syntax.Member(value, "version"))
			}
			switch {
			case syntax.Member(value, "sdk") != nil, syntax.Member(value, "path") != nil:
				return
			case syntax.Member(value, "git") != nil:
				d.Origin = scan.OriginGit
			}
			d.Version = document.ExactSemver(d.Constraint)
			start, end := y.Span(key)
			s.Declare(d, start, end)
		})
	}
	return nil
}

var (
	mixTuple = syntax.Expression(`\{\s*:([a-z][A-Za-z0-9_]*)\s*,\s*("([^"\r\n]*)"[^{}\r\n]*|(?:git|github|path):[^{}\r\n]*)\}`)
	mixOnly  = syntax.Expression(`\bonly:\s*(\[[^\]]*\]|:[a-z_]+)`)
)

// readMixExs reads the dependency tuples of an Elixir project (https://hexdocs.pm/mix/Mix.Tasks.Deps.html).
func readMixExs(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.ScriptStyle)
	for _, m := range mixTuple().FindAllSubmatchIndex(c.Text, -1) {
		rest, constraint := syntax.GroupText(c, m, 4), syntax.GroupText(c, m, 6)
		if constraint != "" && !strings.ContainsAny(constraint[:1], "0123456789~>=<! ") {
			continue
		}
		d := document.Declaration{Name: syntax.GroupText(c, m, 2), Constraint: constraint, Rootless: true}
		if only := mixOnly().FindStringSubmatch(rest); only != nil {
			d.Development = onlyDevelopment(strings.ReplaceAll(only[1], ":dev,", ":development,")) || strings.Trim(only[1], "[]: ") == "dev"
		}
		switch {
		case strings.Contains(rest, "path:"):
			continue
		case strings.Contains(rest, "git:") || strings.Contains(rest, "github:"):
			d.Origin = scan.OriginGit
		}
		d.Version = document.ExactSemver(strings.TrimPrefix(strings.TrimSpace(constraint), "=="))
		s.Declare(d, m[2], m[3])
	}
	return nil
}

var (
	sbtModule = syntax.Expression(`"([A-Za-z][^"\s]*)"\s*(%{1,3})\s*"([^"\s]+)"\s*%\s*(?:"([^"\s]+)"|([A-Za-z_][A-Za-z0-9_.]*))(\s*%\s*(?:"?[Tt]est|Provided))?`)
	sbtValue  = syntax.Expression(`\bval\s+([A-Za-z_][A-Za-z0-9_]*)\s*=\s*"([^"\s]+)"`)
	sbtScala  = syntax.Expression(`\bscalaVersion\s*:=\s*"(\d+)\.(\d+)[^"]*"`)
)

// readSbt reads "group" % "name" % "version" (https://www.scala-sbt.org/1.x/docs/Library-Dependencies.html). After "%%"
// the name gets the version of Scala as a suffix; without that version, the package's name in the registry is not known.
func readSbt(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.GradleStyle)
	suffix := ""
	if m := sbtScala().FindSubmatch(c.Text); m != nil {
		if suffix = "_" + string(m[1]); string(m[1]) == "2" {
			suffix += "." + string(m[2])
		}
	}
	values := map[string]string{}
	for _, m := range sbtValue().FindAllSubmatch(c.Text, -1) {
		values[string(m[1])] = string(m[2])
	}
	for _, m := range sbtModule().FindAllSubmatchIndex(c.Text, -1) {
		version := syntax.GroupText(c, m, 8)
		if variable := syntax.GroupText(c, m, 10); variable != "" {
			version = values[variable[strings.LastIndexByte(variable, '.')+1:]]
		}
		d := document.Declaration{Name: syntax.GroupText(c, m, 2) + ":" + syntax.GroupText(c, m, 6), Constraint: version, Development: syntax.GroupText(c, m, 12) != "", Rootless: true}
		if d.Version = document.ExactMaven(version); syntax.GroupText(c, m, 4) != "%" {
			if d.Name += suffix; suffix == "" {
				d.Version = ""
			}
		}
		if !strings.ContainsAny(d.Name[:len(d.Name)-len(suffix)], "/ ") {
			s.Declare(d, m[6], m[7])
		}
	}
	return nil
}

var podLine = syntax.Expression(`(?m)^[ \t]*pod[ \t(]+["']([^"'\r\n]+)["'](?:[ \t]*,[ \t]*["']([^"'\r\n]*)["'])?([^\r\n]*)`)

// readPodfile reads the pods of a Podfile (https://guides.cocoapods.org/syntax/podfile.html#pod).
func readPodfile(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.ScriptStyle)
	for _, m := range podLine().FindAllSubmatchIndex(c.Text, -1) {
		d := document.Declaration{Name: syntax.GroupText(c, m, 2), Constraint: syntax.GroupText(c, m, 4), Of: string(scan.EcosystemCocoaPods), Rootless: true}
		if strings.Contains(syntax.GroupText(c, m, 6), ":path") || strings.Contains(syntax.GroupText(c, m, 6), "path:") {
			continue
		}
		s.Declare(d, m[2], m[3])
	}
	return nil
}

var cartLine = syntax.Expression(`(?m)^[ \t]*(?:github|git|binary)[ \t]+"([^"\r\n]+)"`)

// readCartfile reads the frameworks of a Cartfile (https://github.com/Carthage/Carthage/blob/master/Documentation/Artifacts.md#cartfile).
func readCartfile(s *document.Source) error {
	c := syntax.ReadCode(s, syntax.ScriptStyle)
	for _, m := range cartLine().FindAllSubmatchIndex(c.Text, -1) {
		s.Declare(document.Declaration{Name: syntax.GroupText(c, m, 2), Of: "Carthage"}, m[2], m[3])
	}
	return nil
}

// readVcpkg reads the ports of a C++ project (https://learn.microsoft.com/vcpkg/reference/vcpkg-json#dependencies).
func readVcpkg(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			if key.Name != "dependencies" {
				return j.Skip()
			}
			return j.Array(func() error {
				if j.Kind() == '{' {
					return j.Object(func(key syntax.Key) error {
						if key.Name != "name" {
							return j.Skip()
						}
						name, start, end, err := j.Placed()
						s.Declare(document.Declaration{Name: name, Of: "vcpkg"}, start, end)
						return err
					})
				}
				name, start, end, err := j.Placed()
				s.Declare(document.Declaration{Name: name, Of: "vcpkg"}, start, end)
				return err
			})
		})
	})
}

// readChart reads the dependencies of a Helm chart (https://helm.sh/docs/topics/charts/#chart-dependencies).
func readChart(s *document.Source) error {
	y, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	for _, item := range syntax.Items(syntax.Member(y.Root(), "dependencies")) {
		name := syntax.Member(item, "name")
		if repository := syntax.Scalar(syntax.Member(item, "repository")); name == nil || strings.HasPrefix(repository, "file:") {
			continue
		}
		start, end := y.Span(name)
		s.Declare(document.Declaration{Name: syntax.Scalar(name), Of: "Helm"}, start, end)
	}
	return nil
}
