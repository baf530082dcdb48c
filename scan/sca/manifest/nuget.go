package manifest

import (
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// nugetFormats are the lock files and lists of .NET tools.
var nugetFormats = []format{
	{name: "packages.lock.json", match: nugetLock, ecosystem: scan.EcosystemNuGet, lock: true, whole: jsonHas("version", "dependencies"), read: readNuGetLock},
	{name: "deps.json", match: suffixed(".deps.json"), ecosystem: scan.EcosystemNuGet, lock: true, loose: true, read: readDepsJSON},
}

// nugetLock matches packages.lock.json and packages.<project>.lock.json
// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#lock-file-extensibility).
func nugetLock(base, _ string) bool {
	return strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".lock.json")
}

// readNuGetLock reads the packages of each framework; a package of two frameworks gives one entry per place
// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies).
func readNuGetLock(s *source) error {
	// A project file tells which packages are build tools.
	s.doc.RootsUndecided = true
	// Keys begin with a number for the framework, because its name can be long.
	numbers := map[string]string{}
	number := func(framework string) string {
		if numbers[framework] == "" {
			numbers[framework] = strconv.Itoa(len(numbers)+1) + "/"
		}
		return numbers[framework]
	}
	return readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			if key.name == "version" {
				return j.lockVersion(s, 1, 2)
			}
			if key.name != "dependencies" {
				return j.skip()
			}
			return j.object(func(key jsonKey) error {
				// "net6.0/win-x64" contains only the differences from "net6.0".
				frameworks := []string{number(key.name)}
				if base, _, ok := strings.Cut(key.name, "/"); ok {
					frameworks = append(frameworks, number(base))
				}
				return j.object(func(key jsonKey) error { return readNuGetPackage(s, j, frameworks, key) })
			})
		})
	})
}

// readNuGetPackage reads a package of a framework. Its dependencies are in the first of frameworks, or else in the next.
func readNuGetPackage(s *source, j *jsonText, frameworks []string, key jsonKey) error {
	e := Entry{Package: scan.Package{Name: key.name, Relation: scan.RelationTransitive}}
	kind := ""
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "type":
			kind, err = j.text()
		case "resolved":
			e.Package.Version, err = j.text()
		case "contentHash":
			var digest string
			digest, err = j.text()
			e.Package.Hash = integrityHash("sha512-" + digest)
		case "dependencies":
			return j.object(func(key jsonKey) error {
				for _, framework := range frameworks {
					e.Requires = append(e.Requires, framework+strings.ToLower(key.name))
				}
				return j.skip()
			})
		default:
			return j.skip()
		}
		return err
	})
	if kind == "Project" {
		// A part of the project: its dependencies are dependencies of the project.
		for _, key := range e.Requires {
			s.doc.Roots = append(s.doc.Roots, Root{Key: key})
		}
		return err
	}
	if e.Package.Name == "" {
		return err
	}
	e.Keys = []string{frameworks[0] + strings.ToLower(key.name), strings.ToLower(key.name)}
	if kind == "Direct" {
		e.Package.Relation = scan.RelationDirect
		s.doc.Roots = append(s.doc.Roots, Root{Key: e.Keys[0]})
	}
	s.add(e, key.start+1, key.end-1)
	return err
}

// readDepsJSON reads the dependencies of a built program: "libraries" by name and version, and for each target their
// requirements
// (https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md#sections-depsjson).
func readDepsJSON(s *source) error {
	requires := map[string][]string{}
	var projects []string
	err := readJSON(s, func(j *jsonText) error {
		return j.object(func(key jsonKey) error {
			switch key.name {
			case "targets":
				return j.object(func(jsonKey) error {
					return j.object(func(key jsonKey) error {
						return j.object(func(member jsonKey) error {
							if member.name != "dependencies" {
								return j.skip()
							}
							return j.object(func(dependency jsonKey) error {
								version, err := j.text()
								requires[key.name] = append(requires[key.name], strings.ToLower(dependency.name+"/"+version))
								return err
							})
						})
					})
				})
			case "libraries":
				return j.object(func(key jsonKey) error { return readDepsLibrary(s, j, key, &projects) })
			}
			return j.skip()
		})
	})
	for i := range s.doc.Entries {
		e := &s.doc.Entries[i]
		e.require(requires)
		e.Keys = []string{strings.ToLower(e.Keys[0]), strings.ToLower(e.Package.Name)}
	}
	for _, project := range projects {
		for _, key := range requires[project] {
			s.doc.Roots = append(s.doc.Roots, Root{Key: key})
		}
		delete(requires, project)
	}
	return err
}

func readDepsLibrary(s *source, j *jsonText, key jsonKey, projects *[]string) error {
	e := Entry{Keys: []string{key.name}}
	e.Package.Name, e.Package.Version, _ = strings.Cut(key.name, "/")
	kind := ""
	err := j.object(func(key jsonKey) error {
		var err error
		switch key.name {
		case "type":
			kind, err = j.text()
		case "sha512":
			var digest string
			digest, err = j.text()
			e.Package.Hash = integrityHash(digest)
		default:
			return j.skip()
		}
		return err
	})
	switch kind {
	case "project":
		*projects = append(*projects, key.name)
	case "runtimepack":
		e.Package.Name = strings.TrimPrefix(e.Package.Name, "runtimepack.")
		s.add(e, key.start+1, key.end-1)
	case "package":
		s.add(e, key.start+1, key.end-1)
	}
	return err
}
