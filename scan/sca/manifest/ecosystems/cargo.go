package ecosystems

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// CargoFormats are the files of Rust's Cargo.
var CargoFormats = []document.Format{
	{Name: "Cargo.lock", Match: document.Named("Cargo.lock"), Ecosystem: scan.EcosystemCargo, Lock: true, Whole: syntax.TOMLHas("package", "root"), Read: readCargoLock},
	{Name: "Cargo.toml", Match: document.Named("Cargo.toml"), Ecosystem: scan.EcosystemCargo, Read: readCargoTOML},
}

// readCargoLock reads versions 1 to 4 (https://doc.rust-lang.org/cargo/reference/resolver.html; the source is
// https://github.com/rust-lang/cargo/blob/master/src/cargo/core/resolver/encode.rs). A package without a source is a
// part of the project. Its dependencies are roots, and the Cargo.toml files say whether they are for development.
func readCargoLock(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	root.LockVersion(s, root.Member("version"), 1, 4)
	s.Doc.RootsUndecided = true
	checksums := root.Member("metadata")
	last, listed := "", map[string]bool{}
	summed, whole := false, true // whether any package has its checksum, and whether the last one has; in version 1 they follow all packages
	for _, p := range slices.Concat([]*syntax.TOML{root.Member("root")}, root.Member("package").List()) {
		name, version, from := p.Member("name"), p.Member("version").String(), p.Member("source").String()
		if name.String() == "" {
			continue
		}
		last, listed[name.Text] = name.Text, true
		var requires []string
		for _, d := range p.Member("dependencies").List() {
			if key := d.String(); key != "" {
				requires = append(requires, key)
			}
		}
		whole = true
		if from == "" {
			s.Doc.Local = true
			s.Doc.Parts = append(s.Doc.Parts, name.Text)
			for _, key := range requires {
				s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: key})
			}
			continue
		}
		if version == "" {
			s.WithoutVersion(name.Start)
		}
		id := name.Text + " " + version
		e := document.Entry{Keys: []string{name.Text, id, id + " (" + from + ")"}, Requires: requires}
		e.Package = scan.Package{Name: name.Text, Version: version}
		if !strings.HasPrefix(from, "registry+") && !strings.HasPrefix(from, "sparse+") {
			e.Package.Origin = scan.OriginGit
		}
		sum := p.Member("checksum").String()
		if sum == "" {
			sum = checksums.Member("checksum " + id + " (" + from + ")").String()
		}
		if e.Package.Origin == scan.OriginRegistry {
			whole = p.Member("checksum") != nil || checksums != nil
			summed = summed || whole
		}
		if document.IsHex(sum) {
			e.Package.Hash = "sha256:" + strings.ToLower(sum)
		}
		s.Add(e, name.Start, name.End)
	}
	if summed && !whole {
		s.WithoutEnd("checksum of the last package")
	}
	s.EndsEarly(last, func(yield func(string) bool) {
		for _, p := range root.Member("package").List() {
			for _, d := range p.Member("dependencies").List() {
				if name, _, _ := strings.Cut(d.String(), " "); !listed[name] && !yield(name) {
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
func readCargoTOML(s *document.Source) error {
	root, err := syntax.ReadTOML(s)
	declareCargo(s, root.At("workspace", "dependencies"), false, true)
	tables := []*syntax.TOML{root}
	tables = append(tables, root.Member("target").Table()...)
	for _, group := range cargoGroups {
		for _, table := range tables {
			declareCargo(s, table.Member(group.name), group.development, false)
		}
	}
	return err
}

func declareCargo(s *document.Source, table *syntax.TOML, development, shared bool) {
	for _, m := range table.Table() {
		d := document.Declaration{Name: m.Key, Constraint: m.String(), Development: development, Shared: shared}
		if d.Constraint == "" {
			d.Constraint = m.Member("version").String()
		}
		if name := m.Member("package").String(); name != "" && name != m.Key {
			d.Name = name // the lock file uses only this name
		}
		switch {
		case m.Member("git") != nil:
			d.Origin = scan.OriginGit
		case m.Member("path") != nil:
			continue // a part of the project
		}
		if strings.HasPrefix(strings.TrimSpace(d.Constraint), "=") {
			d.Version = document.ExactSemver(d.Constraint)
		}
		s.Declare(d, m.KeyStart, m.KeyEnd)
	}
}
