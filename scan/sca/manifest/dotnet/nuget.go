package dotnet

import (
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// LockFormats are the lock files and lists of .NET tools.
var LockFormats = []document.Format{
	{Name: "packages.lock.json", Match: nugetLock, Ecosystem: scan.EcosystemNuGet, Lock: true, Whole: syntax.JSONHas("version", "dependencies"), Read: readNuGetLock},
	{Name: "deps.json", Match: document.Suffixed(".deps.json"), Ecosystem: scan.EcosystemNuGet, Lock: true, Loose: true, Read: readDepsJSON},
}

// nugetLock matches packages.lock.json and packages.<project>.lock.json
// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#lock-file-extensibility).
func nugetLock(base, _ string) bool {
	return strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".lock.json")
}

// readNuGetLock reads the packages of each framework; a package of two frameworks gives one entry per place
// (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies).
func readNuGetLock(s *document.Source) error {
	// A project file tells which packages are build tools.
	s.Doc.RootsUndecided = true
	// Keys begin with a number for the framework, because its name can be long.
	numbers := map[string]string{}
	number := func(framework string) string {
		if numbers[framework] == "" {
			numbers[framework] = strconv.Itoa(len(numbers)+1) + "/"
		}
		return numbers[framework]
	}
	return syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			if key.Name == "version" {
				return j.LockVersion(s, 1, 2)
			}
			if key.Name != "dependencies" {
				return j.Skip()
			}
			return j.Object(func(key syntax.Key) error {
				// "net6.0/win-x64" contains only the differences from "net6.0".
				frameworks := []string{number(key.Name)}
				if base, _, ok := strings.Cut(key.Name, "/"); ok {
					frameworks = append(frameworks, number(base))
				}
				return j.Object(func(key syntax.Key) error { return readNuGetPackage(s, j, frameworks, key) })
			})
		})
	})
}

// readNuGetPackage reads a package of a framework. Its dependencies are in the first of frameworks, or else in the next.
func readNuGetPackage(s *document.Source, j *syntax.JSON, frameworks []string, key syntax.Key) error {
	e := document.Entry{Package: scan.Package{Name: key.Name, Relation: scan.RelationTransitive}}
	kind := ""
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "type":
			kind, err = j.Text()
		case "resolved":
			e.Package.Version, err = j.Text()
		case "contentHash":
			var digest string
			digest, err = j.Text()
			e.Package.Hash = document.IntegrityHash("sha512-" + digest)
		case "dependencies":
			return j.Object(func(key syntax.Key) error {
				for _, framework := range frameworks {
					e.Requires = append(e.Requires, framework+strings.ToLower(key.Name))
				}
				return j.Skip()
			})
		default:
			return j.Skip()
		}
		return err
	})
	if kind == "Project" {
		// A part of the project: its dependencies are dependencies of the project.
		for _, key := range e.Requires {
			s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: key})
		}
		return err
	}
	if e.Package.Name == "" {
		return err
	}
	e.Keys = []string{frameworks[0] + strings.ToLower(key.Name), strings.ToLower(key.Name)}
	if kind == "Direct" {
		e.Package.Relation = scan.RelationDirect
		s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: e.Keys[0]})
	}
	s.Add(e, key.Start+1, key.End-1)
	return err
}

// readDepsJSON reads the dependencies of a built program: "libraries" by name and version, and for each target their
// requirements
// (https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md#sections-depsjson).
func readDepsJSON(s *document.Source) error {
	requires := map[string][]string{}
	var projects []string
	err := syntax.ReadJSON(s, func(j *syntax.JSON) error {
		return j.Object(func(key syntax.Key) error {
			switch key.Name {
			case "targets":
				return j.Object(func(syntax.Key) error {
					return j.Object(func(key syntax.Key) error {
						return j.Object(func(member syntax.Key) error {
							if member.Name != "dependencies" {
								return j.Skip()
							}
							return j.Object(func(dependency syntax.Key) error {
								version, err := j.Text()
								requires[key.Name] = append(requires[key.Name], strings.ToLower(dependency.Name+"/"+version))
								return err
							})
						})
					})
				})
			case "libraries":
				return j.Object(func(key syntax.Key) error { return readDepsLibrary(s, j, key, &projects) })
			}
			return j.Skip()
		})
	})
	for i := range s.Doc.Entries {
		e := &s.Doc.Entries[i]
		e.Require(requires)
		e.Keys = []string{strings.ToLower(e.Keys[0]), strings.ToLower(e.Package.Name)}
	}
	for _, project := range projects {
		for _, key := range requires[project] {
			s.Doc.Roots = append(s.Doc.Roots, document.Root{Key: key})
		}
		delete(requires, project)
	}
	return err
}

func readDepsLibrary(s *document.Source, j *syntax.JSON, key syntax.Key, projects *[]string) error {
	e := document.Entry{Keys: []string{key.Name}}
	e.Package.Name, e.Package.Version, _ = strings.Cut(key.Name, "/")
	kind := ""
	err := j.Object(func(key syntax.Key) error {
		var err error
		switch key.Name {
		case "type":
			kind, err = j.Text()
		case "sha512":
			var digest string
			digest, err = j.Text()
			e.Package.Hash = document.IntegrityHash(digest)
		default:
			return j.Skip()
		}
		return err
	})
	switch kind {
	case "project":
		*projects = append(*projects, key.Name)
	case "runtimepack":
		e.Package.Name = strings.TrimPrefix(e.Package.Name, "runtimepack.")
		s.Add(e, key.Start+1, key.End-1)
	case "package":
		s.Add(e, key.Start+1, key.End-1)
	}
	return err
}
