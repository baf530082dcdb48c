package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// denoFormats are the files of Deno. The "remote" modules of deno.lock are addresses, with no version to match.
var denoFormats = []format{
	{name: "deno.json", match: named("deno.json", "deno.jsonc"), ecosystem: scan.EcosystemNPM, read: readDenoJSON},
	{name: "deno.lock", match: named("deno.lock"), ecosystem: scan.EcosystemNPM, lock: true, whole: jsonHas("version", "specifiers", "packages", "npm", "jsr", "remote", "redirects", "workspace"), read: readDenoLock},
}

// readDenoJSON reads "imports", which map names to specifiers
// (https://docs.deno.com/runtime/fundamentals/configuration/#dependencies).
func readDenoJSON(s *source) error {
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name != "imports" {
				return j.skip()
			}
			return j.object(func(key jsonKey) error {
				specifier, err := j.text()
				d := Declaration{Alias: key.name}
				prefix, rest, _ := strings.Cut(specifier, ":")
				d.Name, d.Constraint = yarnDescriptor(strings.TrimPrefix(rest, "/"))
				switch d.Constraint, _, _ = strings.Cut(d.Constraint, "/"); prefix { // a path in the package
				case "npm":
					d.Version = exactSemver(d.Constraint)
				case "jsr":
					d.Ecosystem = scan.EcosystemJSR
				default:
					return err
				}
				s.declare(d, key.start+1, key.end-1)
				return err
			})
		})
	})
}

// denoLock reads a deno.lock of version 2 to 5 (https://docs.deno.com/runtime/fundamentals/modules/#lockfile and the
// source, github.com/denoland/deno_lockfile): packages of npm and JSR by name and version, and the specifiers that led
// to them.
type denoLock struct {
	s *source
	// specifiers map a request ("npm:chalk@5") to the version, or in versions 2 and 3 to name and version.
	specifiers []denoSpecifier
	// asked are specifiers of the project, jsr those of packages of JSR.
	asked []string
	jsr   map[string]bool
	// names maps a name to the keys of the packages with that name.
	names map[string][]string
}

type denoSpecifier struct{ text, target string }

func readDenoLock(s *source) error {
	d := &denoLock{s: s, jsr: map[string]bool{}, names: map[string][]string{}}
	err := readJSON(s, func(j *jsonText) error { return d.members(j) })
	d.finish()
	return err
}

// members reads the top level of the file; versions 2 and 3 have some of it below "npm" and "packages".
func (d *denoLock) members(j *jsonText) error {
	return j.object(func(key jsonKey) error {
		switch key.name {
		case "version":
			return j.lockVersion(d.s, 1, 5)
		case "specifiers":
			return d.readSpecifiers(j, "")
		case "packages":
			return d.members(j)
		case "npm":
			return j.object(func(key jsonKey) error {
				switch {
				case key.name == "specifiers" && j.kind() == '{':
					return d.readSpecifiers(j, "npm:")
				case key.name == "packages" && j.kind() == '{':
					return j.object(func(key jsonKey) error { return d.readPackage(j, key, "npm:") })
				}
				return d.readPackage(j, key, "npm:")
			})
		case "jsr":
			return j.object(func(key jsonKey) error { return d.readPackage(j, key, "jsr:") })
		case "workspace":
			return d.readWorkspace(j)
		}
		return j.skip()
	})
}

func (d *denoLock) readSpecifiers(j *jsonText, prefix string) error {
	return j.object(func(key jsonKey) error {
		target, err := j.text()
		d.specifiers = append(d.specifiers, denoSpecifier{prefix + key.name, prefix + target})
		return err
	})
}

// readWorkspace reads the project's dependencies.
func (d *denoLock) readWorkspace(j *jsonText) error {
	return j.object(func(key jsonKey) error {
		switch key.name {
		case "dependencies":
			return j.texts(&d.asked)
		case "packageJson":
			return d.readWorkspace(j)
		case "members":
			return j.object(func(jsonKey) error { return d.readWorkspace(j) })
		}
		return j.skip()
	})
}

func (d *denoLock) readPackage(j *jsonText, key jsonKey, prefix string) error {
	var e Entry
	pkg := &e.Package
	pkg.Name, pkg.Version = yarnDescriptor(key.name)
	// Peers follow the version: "1.0.0_react@18.0.0".
	pkg.Version, _, _ = strings.Cut(pkg.Version, "_")
	if prefix == "jsr:" {
		pkg.Ecosystem = scan.EcosystemJSR
	}
	err := j.object(func(key jsonKey) error {
		switch key.name {
		case "integrity":
			integrity, err := j.text()
			if pkg.Hash = integrityHash(integrity); pkg.Hash == "" && len(integrity) == 64 && isHex(integrity) {
				pkg.Hash = "sha256:" + integrity
			}
			return err
		case "dependencies", "optionalDependencies":
			if j.kind() == '[' {
				return j.array(func() error {
					text, err := j.text()
					e.Requires = append(e.Requires, denoRequire(prefix, text))
					if prefix == "jsr:" {
						d.jsr[text] = true
					}
					return err
				})
			}
			return j.object(func(jsonKey) error {
				text, err := j.text()
				e.Requires = append(e.Requires, denoRequire(prefix, text))
				return err
			})
		}
		return j.skip()
	})
	if pkg.Name == "" || pkg.Version == "" {
		return err
	}
	e.Keys = []string{prefix + key.name}
	d.names[prefix+pkg.Name] = append(d.names[prefix+pkg.Name], prefix+key.name)
	d.s.add(e, key.start+1, key.end-1)
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
			d.s.doc.Roots = append(d.s.doc.Roots, Root{Key: key})
		}
	}
	for _, specifier := range d.asked {
		if key, ok := targets[specifier]; ok {
			d.s.doc.Roots = append(d.s.doc.Roots, Root{Key: key})
		}
	}
	d.s.doc.RootsUndecided = true
	for i := range d.s.doc.Entries {
		e := &d.s.doc.Entries[i]
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
