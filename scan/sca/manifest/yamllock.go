package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
)

// yamlLockFormats are the lock files of Dart, CocoaPods and Haskell's Stack.
var yamlLockFormats = []format{
	{name: "pubspec.lock", match: named("pubspec.lock"), ecosystem: scan.EcosystemPub, lock: true, whole: yamlHas("packages", "sdks"), read: readPubspecLock},
	{name: "Podfile.lock", match: named("Podfile.lock"), ecosystem: scan.EcosystemCocoaPods, lock: true, whole: yamlHas("PODS", "DEPENDENCIES", "COCOAPODS", "PODFILE CHECKSUM"), read: readPodfileLock},
	{name: "stack.yaml.lock", match: named("stack.yaml.lock"), ecosystem: scan.EcosystemHackage, lock: true, whole: yamlHas("packages", "snapshots"), read: readStackLock},
}

// readPubspecLock reads Dart's lock file (https://dart.dev/tools/pub/glossary#lockfile). Packages of the SDK are not
// separate packages.
func readPubspecLock(s *source) error {
	y, err := readYAML(s)
	if err != nil {
		return err
	}
	kinds := false
	members(member(y.root(), "packages"), func(key, value *yaml.Node) {
		kinds = kinds || member(value, "dependency") != nil
		description := member(value, "description")
		p := scan.Package{Name: key.Value, Version: scalar(member(value, "version")), Relation: scan.RelationTransitive}
		switch scalar(member(value, "source")) {
		case "path", "sdk":
			s.doc.local = true
			return
		case "git":
			p.Origin = scan.OriginGit
		case "hosted":
			if name := scalar(member(description, "name")); name != "" {
				p.Name = name
			}
		}
		if kind := scalar(member(value, "dependency")); strings.HasPrefix(kind, "direct") {
			p.Relation, p.Development = scan.RelationDirect, kind == "direct dev"
		}
		if sum := scalar(member(description, "sha256")); isHex(sum) {
			p.Hash = "sha256:" + sum
		}
		start, end := y.span(key)
		if p.Version == "" {
			s.withoutVersion(start)
		}
		s.add(Entry{Package: p}, start, end)
	})
	// Files from before 2015 have no kinds, and do not say for which Dart version they are.
	if list := member(y.root(), "packages"); list != nil && list.Kind == yaml.ScalarNode {
		s.withoutEnd("package")
	} else if kinds && member(y.root(), "sdks") == nil && member(y.root(), "sdk") == nil {
		s.withoutEnd(`"sdks"`)
	}
	return nil
}

// readPodfileLock reads CocoaPods' lock file (https://guides.cocoapods.org/using/the-podfile.html). A subspec
// ("Firebase/Core") counts as a package with that name.
func readPodfileLock(s *source) error {
	y, err := readYAML(s)
	if err != nil {
		return err
	}
	root := y.root()
	origins := map[string]scan.Origin{}
	members(member(root, "EXTERNAL SOURCES"), func(key, value *yaml.Node) {
		switch {
		case member(value, ":git") != nil:
			origins[key.Value] = scan.OriginGit
		case member(value, ":path") != nil:
			origins[key.Value] = scan.OriginLocal
		default:
			origins[key.Value] = scan.OriginAddress
		}
	})
	addRoot := func(name string) { s.doc.Roots = append(s.doc.Roots, Root{Key: name}) }
	pods := func(pod, requires *yaml.Node) {
		name, version, _ := strings.Cut(scalar(pod), " ")
		base, _, _ := strings.Cut(name, "/")
		p := scan.Package{Name: name, Version: strings.Trim(version, "()"), Origin: origins[base]}
		e := Entry{Package: p}
		if requires != nil {
			for _, n := range requires.Content {
				asked, _, _ := strings.Cut(scalar(n), " ")
				e.Requires = append(e.Requires, asked)
			}
		}
		switch {
		case name == "":
		case p.Origin == scan.OriginLocal:
			s.doc.local = true
			for _, asked := range e.Requires {
				addRoot(asked)
			}
		default:
			start, _ := y.inner(pod)
			s.add(e, start, start+len(name))
		}
	}
	for _, item := range items(member(root, "PODS")) {
		if item.Kind == yaml.MappingNode {
			members(item, pods)
		} else {
			pods(item, nil)
		}
	}
	if member(root, "PODS") != nil && member(root, "DEPENDENCIES") == nil {
		s.withoutEnd("DEPENDENCIES")
	}
	for _, item := range items(member(root, "DEPENDENCIES")) {
		name, _, _ := strings.Cut(scalar(item), " ")
		addRoot(name)
	}
	return nil
}

// readStackLock reads the lock file of Haskell's Stack (https://docs.haskellstack.org/en/stable/topics/lock_files/). It
// contains what stack.yaml adds to a snapshot; the packages of the snapshot are elsewhere.
func readStackLock(s *source) error {
	y, err := readYAML(s)
	if err != nil {
		return err
	}
	for _, item := range items(member(y.root(), "packages")) {
		completed := member(item, "completed")
		at := member(completed, "hackage")
		id, _, _ := strings.Cut(scalar(at), "@")
		name, version, _ := cutLast(id, "-")
		var p scan.Package
		if at == nil {
			if at = member(completed, "name"); at == nil {
				continue
			}
			name, version = scalar(at), scalar(member(completed, "version"))
			if p.Origin = scan.OriginAddress; member(completed, "git") != nil {
				p.Origin = scan.OriginGit
			}
		}
		if name == "" {
			continue
		}
		p.Name, p.Version, p.Relation = name, version, scan.RelationDirect
		start, _ := y.inner(at)
		s.add(Entry{Package: p}, start, start+len(name))
	}
	if member(y.root(), "packages") != nil && member(y.root(), "snapshots") == nil {
		s.withoutEnd(`"snapshots"`)
	}
	return nil
}
