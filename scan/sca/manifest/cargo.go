package manifest

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// cargoFormats are the files of Rust's Cargo.
var cargoFormats = []format{
	{name: "Cargo.lock", match: named("Cargo.lock"), ecosystem: scan.EcosystemCargo, lock: true, whole: tomlHas("package", "root"), read: readCargoLock},
	{name: "Cargo.toml", match: named("Cargo.toml"), ecosystem: scan.EcosystemCargo, read: readCargoTOML},
}

// readCargoLock reads versions 1 to 4 (https://doc.rust-lang.org/cargo/reference/resolver.html; the source is
// https://github.com/rust-lang/cargo/blob/master/src/cargo/core/resolver/encode.rs). A package without a source is a
// part of the project. Its dependencies are roots, and the Cargo.toml files say whether they are for development.
func readCargoLock(s *source) error {
	root, err := readTOML(s)
	root.lockVersion(s, root.member("version"), 1, 4)
	s.doc.RootsUndecided = true
	checksums := root.member("metadata")
	last, listed := "", map[string]bool{}
	summed, whole := false, true // whether any package has its checksum, and whether the last one has; in version 1 they follow all packages
	for _, p := range slices.Concat([]*tomlNode{root.member("root")}, root.member("package").list()) {
		name, version, from := p.member("name"), p.member("version").string(), p.member("source").string()
		if name.string() == "" {
			continue
		}
		last, listed[name.text] = name.text, true
		var requires []string
		for _, d := range p.member("dependencies").list() {
			if key := d.string(); key != "" {
				requires = append(requires, key)
			}
		}
		whole = true
		if from == "" {
			s.doc.local = true
			s.doc.parts = append(s.doc.parts, name.text)
			for _, key := range requires {
				s.doc.Roots = append(s.doc.Roots, Root{Key: key})
			}
			continue
		}
		if version == "" {
			s.withoutVersion(name.start)
		}
		id := name.text + " " + version
		e := Entry{Keys: []string{name.text, id, id + " (" + from + ")"}, Requires: requires}
		e.Package = scan.Package{Name: name.text, Version: version}
		if !strings.HasPrefix(from, "registry+") && !strings.HasPrefix(from, "sparse+") {
			e.Package.Origin = scan.OriginGit
		}
		sum := p.member("checksum").string()
		if sum == "" {
			sum = checksums.member("checksum " + id + " (" + from + ")").string()
		}
		if e.Package.Origin == scan.OriginRegistry {
			whole = p.member("checksum") != nil || checksums != nil
			summed = summed || whole
		}
		if isHex(sum) {
			e.Package.Hash = "sha256:" + strings.ToLower(sum)
		}
		s.add(e, name.start, name.end)
	}
	if summed && !whole {
		s.withoutEnd("checksum of the last package")
	}
	s.endsEarly(last, func(yield func(string) bool) {
		for _, p := range root.member("package").list() {
			for _, d := range p.member("dependencies").list() {
				if name, _, _ := strings.Cut(d.string(), " "); !listed[name] && !yield(name) {
					return
				}
			}
		}
	})
	return err
}

// cargoGroups are the tables of a Cargo.toml that name dependencies
// (https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html). Names with an underscore are the old
// spelling.
var cargoGroups = []struct {
	name        string
	development bool
}{
	{"dependencies", false}, {"dev-dependencies", true}, {"dev_dependencies", true}, {"build-dependencies", true}, {"build_dependencies", true},
}

// readCargoTOML reads the declarations. The declarations of a workspace come first, because members inherit them and
// that is the line to change.
func readCargoTOML(s *source) error {
	root, err := readTOML(s)
	declareCargo(s, root.at("workspace", "dependencies"), false, true)
	tables := []*tomlNode{root}
	tables = append(tables, root.member("target").table()...)
	for _, group := range cargoGroups {
		for _, table := range tables {
			declareCargo(s, table.member(group.name), group.development, false)
		}
	}
	return err
}

func declareCargo(s *source, table *tomlNode, development, shared bool) {
	for _, m := range table.table() {
		d := Declaration{Name: m.key, Constraint: m.string(), Development: development, Shared: shared}
		if d.Constraint == "" {
			d.Constraint = m.member("version").string()
		}
		if name := m.member("package").string(); name != "" && name != m.key {
			d.Name = name // the lock file uses only this name
		}
		switch {
		case m.member("git") != nil:
			d.Origin = scan.OriginGit
		case m.member("path") != nil:
			continue // a part of the project
		}
		if strings.HasPrefix(strings.TrimSpace(d.Constraint), "=") {
			d.Version = exactSemver(d.Constraint)
		}
		s.declare(d, m.keyStart, m.keyEnd)
	}
}
