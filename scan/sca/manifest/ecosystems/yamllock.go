package ecosystems

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// YAMLLockFormats are the lock files of Dart, CocoaPods and Haskell's Stack.
var YAMLLockFormats = []document.Format{
	{Name: "pubspec.lock", Match: document.Named("pubspec.lock"), Ecosystem: scan.EcosystemPub, Lock: true, Whole: syntax.YAMLHas("packages", "sdks"), Read: readPubspecLock},
	{Name: "Podfile.lock", Match: document.Named("Podfile.lock"), Ecosystem: scan.EcosystemCocoaPods, Lock: true, Whole: syntax.YAMLHas("PODS", "DEPENDENCIES", "COCOAPODS", "PODFILE CHECKSUM"), Read: readPodfileLock},
	{Name: "stack.yaml.lock", Match: document.Named("stack.yaml.lock"), Ecosystem: scan.EcosystemHackage, Lock: true, Whole: syntax.YAMLHas("packages", "snapshots"), Read: readStackLock},
}

// readPubspecLock reads Dart's lock file (https://dart.dev/tools/pub/glossary#lockfile). Packages of the SDK are not
// separate packages.
func readPubspecLock(s *document.Source) error {
	y, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	kinds := false
	syntax.Members(syntax.Member(y.Root(), "packages"), func(key, value *yaml.Node) {
		kinds = kinds || syntax.Member(value, "dependency") != nil
		description := syntax.Member(value, "description")
		p := scan.Package{Name: key.Value, Version: syntax.Scalar(syntax.Member(value, "version")), Relation: scan.RelationTransitive}
		switch syntax.Scalar(syntax.Member(value, "source")) {
		case "path", "sdk":
			s.Doc.Local = true
			return
		case "git":
			p.Origin = scan.OriginGit
		case "hosted":
			if name := syntax.Scalar(syntax.Member(description, "name")); name != "" {
				p.Name = name
			}
		}
		if kind := syntax.Scalar(syntax.Member(value, "dependency")); strings.HasPrefix(kind, "direct") {
			p.Relation, p.Development = scan.RelationDirect, kind == "direct dev"
		}
		if sum := syntax.Scalar(syntax.Member(description, "sha256")); document.IsHex(sum) {
			p.Hash = "sha256:" + sum
		}
		start, end := y.Span(key)
		if p.Version == "" {
			s.WithoutVersion(start)
		}
		s.Add(document.Entry{Package: p}, start, end)
	})
	// Files from before 2015 have no kinds, and do not say for which Dart version they are.
	if list := syntax.Member(y.Root(), "packages"); list != nil && list.Kind == yaml.ScalarNode {
		s.WithoutEnd("package")
	} else if kinds && syntax.Member(y.Root(), "sdks") == nil && syntax.Member(y.Root(), "sdk") == nil {
		s.WithoutEnd(`"sdks"`)
	}
	return nil
}

// readPodfileLock reads CocoaPods' lock file (https://guides.cocoapods.org/using/the-podfile.html). A subspec
// ("Firebase/Core") counts as a package with that name.
func readPodfileLock(s *document.Source) error {
	y, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	root := y.Root()
	origins := map[string]scan.Origin{}
	syntax.Members(syntax.Member(root, "EXTERNAL SOURCES"), func(key, value *yaml.Node) {
		switch {
		case syntax.Member(value, ":git") != nil:
			origins[key.Value] = scan.OriginGit
		case syntax.Member(value, ":path") != nil:
			origins[key.Value] = scan.OriginLocal
		default:
			origins[key.Value] = scan.OriginAddress
		}
	})
	addRoot := func(name string) { s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: name}) }
	pods := func(pod, requires *yaml.Node) {
		name, version, _ := strings.Cut(syntax.Scalar(pod), " ")
		base, _, _ := strings.Cut(name, "/")
		p := scan.Package{Name: name, Version: strings.Trim(version, "()"), Origin: origins[base]}
		e := document.Entry{Package: p}
		if requires != nil {
			for _, n := range requires.Content {
				asked, _, _ := strings.Cut(syntax.Scalar(n), " ")
				e.Requires = append(e.Requires, asked)
			}
		}
		switch {
		case name == "":
		case p.Origin == scan.OriginLocal:
			s.Doc.Local = true
			for _, asked := range e.Requires {
				addRoot(asked)
			}
		default:
			start, _ := y.Inner(pod)
			s.Add(e, start, start+len(name))
		}
	}
	for _, item := range syntax.Items(syntax.Member(root, "PODS")) {
		if item.Kind == yaml.MappingNode {
			syntax.Members(item, pods)
		} else {
			pods(item, nil)
		}
	}
	if syntax.Member(root, "PODS") != nil && syntax.Member(root, "DEPENDENCIES") == nil {
		s.WithoutEnd("DEPENDENCIES")
	}
	for _, item := range syntax.Items(syntax.Member(root, "DEPENDENCIES")) {
		name, _, _ := strings.Cut(syntax.Scalar(item), " ")
		addRoot(name)
	}
	return nil
}

// readStackLock reads the lock file of Haskell's Stack (https://docs.haskellstack.org/en/stable/topics/lock_files/). It
// contains what stack.yaml adds to a snapshot; the packages of the snapshot are elsewhere.
func readStackLock(s *document.Source) error {
	y, err := syntax.ReadYAML(s)
	if err != nil {
		return err
	}
	for _, item := range syntax.Items(syntax.Member(y.Root(), "packages")) {
		completed := syntax.Member(item, "completed")
		at := syntax.Member(completed, "hackage")
		id, _, _ := strings.Cut(syntax.Scalar(at), "@")
		name, version, _ := document.CutLast(id, "-")
		var p scan.Package
		if at == nil {
			if at = syntax.Member(completed, "name"); at == nil {
				continue
			}
			name, version = syntax.Scalar(at), syntax.Scalar(syntax.Member(completed, "version"))
			if p.Origin = scan.OriginAddress; syntax.Member(completed, "git") != nil {
				p.Origin = scan.OriginGit
			}
		}
		if name == "" {
			continue
		}
		p.Name, p.Version, p.Relation = name, version, scan.RelationDirect
		start, _ := y.Inner(at)
		s.Add(document.Entry{Package: p}, start, start+len(name))
	}
	if syntax.Member(y.Root(), "packages") != nil && syntax.Member(y.Root(), "snapshots") == nil {
		s.WithoutEnd(`"snapshots"`)
	}
	return nil
}
