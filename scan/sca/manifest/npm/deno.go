package npm

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// DenoFormats are the files of Deno. The "remote" modules of deno.lock are addresses, with no version to match.
var DenoFormats = []document.Format{
	{Name: "deno.json", Match: document.Named("deno.json", "deno.jsonc"), Ecosystem: scan.EcosystemNPM, Read: readDenoJSON},
	{Name: "deno.lock", Match: document.Named("deno.lock"), Ecosystem: scan.EcosystemNPM, Lock: true, Whole: syntax.JSONHas("version", "specifiers", "packages", "npm", "jsr", "remote", "redirects", "workspace"), Read: readDenoLock},
}

// readDenoJSON reads "imports", which map names to specifiers
// (https://docs.deno.com/runtime/fundamentals/configuration/#dependencies).
func readDenoJSON(s *document.Source) error {
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			if key.Name != "imports" {
				return j.Skip()
			}
			return j.Object(func(key syntax.Key) error {
				specifier, err := j.Text()
				d := document.Declaration{Alias: key.Name}
				prefix, rest, _ := strings.Cut(specifier, ":")
				d.Name, d.Constraint = yarnDescriptor(strings.TrimPrefix(rest, "/"))
				switch d.Constraint, _, _ = strings.Cut(d.Constraint, "/"); prefix { // a path in the package
				case "npm":
					d.Version = document.ExactSemver(d.Constraint)
				case "jsr":
					d.Ecosystem = scan.EcosystemJSR
				default:
					return err
				}
				s.Declare(d, key.Start+1, key.End-1)
				return err
			})
		})
	})
}

// denoLock reads a deno.lock of version 2 to 5 (https://docs.deno.com/runtime/fundamentals/modules/#lockfile and the
// source, github.com/denoland/deno_lockfile): packages of npm and JSR by name and version, and the specifiers that led
// to them.
type denoLock struct {
	s *document.Source
	// specifiers map a request ("npm:chalk@5") to the version, or in versions 2 and 3 to name and version.
	specifiers []denoSpecifier
	// asked are specifiers of the project, jsr those of packages of JSR.
	asked []string
	jsr   map[string]bool
	// names maps a name to the keys of the packages with that name.
	names map[string][]string
}

type denoSpecifier struct{ text, target string }

func readDenoLock(s *document.Source) error {
	d := &denoLock{s: s, jsr: map[string]bool{}, names: map[string][]string{}}
	err := syntax.ReadJSON(s, func(j *syntax.JSON) error { return d.members(j) })
	d.finish()
	return err
}

// members reads the top level of the file; versions 2 and 3 have some of it below "npm" and "packages".
func (d *denoLock) members(j *syntax.JSON) error {
	return j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "version":
			return j.LockVersion(d.s, 1, 5)
		case "specifiers":
			return d.readSpecifiers(j, "")
		case "packages":
			return d.members(j)
		case "npm":
			return j.Object(func(key syntax.Key) error {
				switch {
				case key.Name == "specifiers" && j.Kind() == '{':
					return d.readSpecifiers(j, "npm:")
				case key.Name == "packages" && j.Kind() == '{':
					return j.Object(func(key syntax.Key) error { return d.readPackage(j, key, "npm:") })
				}
				return d.readPackage(j, key, "npm:")
			})
		case "jsr":
			return j.Object(func(key syntax.Key) error { return d.readPackage(j, key, "jsr:") })
		case "workspace":
			return d.readWorkspace(j)
		}
		return j.Skip()
	})
}

func (d *denoLock) readSpecifiers(j *syntax.JSON, prefix string) error {
	return j.Object(func(key syntax.Key) error {
		target, err := j.Text()
		d.specifiers = append(d.specifiers, denoSpecifier{prefix + key.Name, prefix + target})
		return err
	})
}

// readWorkspace reads the project's dependencies.
func (d *denoLock) readWorkspace(j *syntax.JSON) error {
	return j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "dependencies":
			return j.Texts(&d.asked)
		case "packageJson":
			return d.readWorkspace(j)
		case "members":
			return j.Object(func(syntax.Key) error { return d.readWorkspace(j) })
		}
		return j.Skip()
	})
}

func (d *denoLock) readPackage(j *syntax.JSON, key syntax.Key, prefix string) error {
	var e document.Entry
	pkg := &e.Package
	pkg.Name, pkg.Version = yarnDescriptor(key.Name)
	// Peers follow the version: "1.0.0_react@18.0.0".
	pkg.Version, _, _ = strings.Cut(pkg.Version, "_")
	if prefix == "jsr:" {
		pkg.Ecosystem = scan.EcosystemJSR
	}
	err := j.Object(func(key syntax.Key) error {
		switch key.Name {
		case "integrity":
			integrity, err := j.Text()
			if pkg.Hash = document.IntegrityHash(integrity); pkg.Hash == "" && len(integrity) == 64 && document.IsHex(integrity) {
				pkg.Hash = "sha256:" + integrity
			}
			return err
		case "dependencies", "optionalDependencies":
			if j.Kind() == '[' {
				return j.Array(func() error {
					text, err := j.Text()
					e.Requires = append(e.Requires, denoRequire(prefix, text))
					if prefix == "jsr:" {
						d.jsr[text] = true
					}
					return err
				})
			}
			return j.Object(func(syntax.Key) error {
				text, err := j.Text()
				e.Requires = append(e.Requires, denoRequire(prefix, text))
				return err
			})
		}
		return j.Skip()
	})
	if pkg.Name == "" || pkg.Version == "" {
		return err
	}
	e.Keys = []string{prefix + key.Name}
	d.names[prefix+pkg.Name] = append(d.names[prefix+pkg.Name], prefix+key.Name)
	d.s.Add(e, key.Start+1, key.End-1)
	return err
}

// denoName removes the range from a specifier: "jsr:@std/path@^1" becomes "jsr:@std/path".
func denoName(specifier string) string {
	prefix, rest, _ := strings.Cut(specifier, ":")
	name, _ := yarnDescriptor(rest)
	return prefix + ":" + name
}

// denoRequire returns the key of a dependency. An npm package names "name@1.0.0" or "alias@npm:name@1.0.0", a JSR
// package names specifiers. Both omit the part after the name if there is only one version.
func denoRequire(prefix, text string) string {
	if prefix == "jsr:" {
		return text
	}
	if _, target, ok := strings.Cut(text, "@npm:"); ok {
		text = target
	}
	return prefix + text
}

func (d *denoLock) finish() {
	targets := make(map[string]string, len(d.specifiers))
	for _, specifier := range d.specifiers {
		key := specifier.target
		if !strings.HasPrefix(key, "npm:") && !strings.HasPrefix(key, "jsr:") {
			// Versions 4 and 5 contain only the version.
			key = denoName(specifier.text) + "@" + key
		}
		targets[specifier.text] = key
		if len(d.asked) == 0 && !d.jsr[specifier.text] && !d.jsr[denoName(specifier.text)] {
			// Without a workspace, packages that no other package requires are the project's direct dependencies.
			d.s.Doc.Roots = append(d.s.Doc.Roots, document.Root{Key: key})
		}
	}
	for _, specifier := range d.asked {
		if key, ok := targets[specifier]; ok {
			d.s.Doc.Roots = append(d.s.Doc.Roots, document.Root{Key: key})
		}
	}
	d.s.Doc.RootsUndecided = true
	for i := range d.s.Doc.Entries {
		e := &d.s.Doc.Entries[i]
		for k, key := range e.Requires {
			if target, ok := targets[key]; ok {
				e.Requires[k] = target
			} else if list := d.names[key]; len(list) == 1 {
				e.Requires[k] = list[0]
			}
		}
		// Manifests ask by name.
		e.Keys = append(e.Keys, e.Package.Name)
	}
}
