package manifest

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
)

// lockVersion takes what a lock file says of its own version, and notes a doubt when that is none of those from oldest to newest:
// another version may keep its packages elsewhere.
func (s *source) lockVersion(text string, start, oldest, newest int) {
	major, _, _ := strings.Cut(strings.TrimSpace(text), ".")
	n, err := strconv.Atoi(major)
	if err == nil && oldest <= n && n <= newest || s.doubt != nil {
		return
	}
	said := "it"
	if err == nil {
		said = "version " + strconv.Itoa(n)
	}
	known := "version " + strconv.Itoa(newest)
	if oldest < newest {
		known = fmt.Sprintf("versions %d to %d", oldest, newest)
	}
	s.doubt = s.errAt(start, "the version of the lock file is not known: %s is none of those that can be read (%s), and packages may be missed", said, known)
}

// withoutVersion notes a doubt about a package whose version is not there, in a file in which every one has its own.
func (s *source) withoutVersion(start int) {
	if s.doubt == nil {
		s.doubt = s.errAt(start, "a package without its version")
	}
}

// endsEarly notes a doubt when packages of a lock file in the order of their names ask for one that would stand behind the last:
// a file that was cut between two packages is as valid as a whole one. Those that are missing in the middle (parts of the project,
// what the platform has) say nothing. names are those that are asked for.
func (s *source) endsEarly(last string, names func(yield func(name string) bool)) {
	if last == "" || s.doubt != nil {
		return
	}
	for name := range names {
		if name > last {
			s.doubt = s.errAt(max(len(s.data)-1, 0), "the lock file ends early: packages in it ask for others that would stand behind the last")
			return
		}
	}
}

// withoutEnd notes a doubt about a lock file without what its tool writes behind the packages.
func (s *source) withoutEnd(what string) {
	if s.doubt == nil {
		s.doubt = s.errAt(max(len(s.data)-1, 0), "the lock file ends early: it has no %s, which stands behind the packages of a whole one", what)
	}
}

// The functions below tell whether a file without packages has the form of its format, by the names at its top: they are asked
// only when nothing was found.

// jsonHas: it is an object with one of the members.
func jsonHas(names ...string) func(s *source) bool {
	return func(s *source) bool {
		found := false
		err := readJSON(s, func(j *jsonText) error {
			return j.object(func(key jsonKey) error {
				for _, name := range names {
					found = found || key.name == name
				}
				return j.skip()
			})
		})
		return found && err == nil
	}
}

// tomlHas: it has one of the keys.
func tomlHas(names ...string) func(s *source) bool {
	return func(s *source) bool {
		root, err := readTOML(s)
		found := false
		for _, name := range names {
			found = found || root.member(name) != nil
		}
		return found && err == nil
	}
}

// yamlHas: it is a mapping with one of the keys.
func yamlHas(names ...string) func(s *source) bool {
	return func(s *source) bool {
		y, err := readYAML(s)
		if err != nil {
			return false
		}
		found := false
		members(y.root(), func(key, _ *yaml.Node) {
			for _, name := range names {
				found = found || key.Value == name
			}
		})
		return found
	}
}

// lineHas: a line begins with one of the texts.
func lineHas(beginnings ...string) func(s *source) bool {
	return func(s *source) bool {
		for line := range bytes.Lines(s.data[len(byteOrderMark(s.data)):]) {
			for _, beginning := range beginnings {
				if bytes.HasPrefix(line, []byte(beginning)) {
					return true
				}
			}
		}
		return false
	}
}

// emptyLocks names the lock files in which nothing was found where something should be: those of no form that is known, and
// those beside a manifest that asks for packages.
func emptyLocks(docs []*Document) []scan.Failure {
	type manifests struct {
		// first is the path of a manifest that asks for something, and asks how many packages.
		first string
		asks  int
	}
	beside := map[governor]*manifests{}
	for _, doc := range docs {
		if doc.Lock {
			continue
		}
		at := governor{doc.Ecosystem, path.Dir(doc.Path)}
		if beside[at] == nil {
			beside[at] = &manifests{}
		}
		for i := range doc.Declared {
			if d := &doc.Declared[i]; d.Origin == scan.OriginRegistry && !d.Shared && d.of == "" {
				if beside[at].asks++; beside[at].first == "" {
					beside[at].first = doc.Path
				}
			}
		}
	}
	var failures []scan.Failure
	for _, doc := range docs {
		if !doc.Lock || doc.Ecosystem == "" || len(doc.Entries) > 0 || doc.failed || doc.local {
			continue
		}
		m := beside[governor{doc.Ecosystem, path.Dir(doc.Path)}]
		var err error
		switch {
		case !doc.whole && (m == nil || m.asks > 0):
			err = fmt.Errorf("no packages were found in the lock file: it is empty, or of a form that is not known")
		case doc.whole && m != nil && m.asks > 0 && !doc.says:
			err = fmt.Errorf("no packages were found in the lock file, and %s beside it asks for %s: write it again with the package manager",
				path.Base(m.first), scan.Plural(m.asks, "package", "packages"))
		}
		if err != nil {
			failures = append(failures, scan.Failure{Path: doc.Path, Err: err})
		}
	}
	return failures
}
