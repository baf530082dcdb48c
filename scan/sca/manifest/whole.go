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

// lockVersion checks the version of a lock file's format, and records a doubt if it is not between oldest and newest:
// another version may store its packages elsewhere.
func (s *source) lockVersion(text string, start, oldest, newest int) {
	major, _, _ := strings.Cut(strings.TrimSpace(text), ".")
	n, err := strconv.Atoi(major)
	if err == nil && oldest <= n && n <= newest || s.doubt != nil {
		return
	}
	said := "the version of the lock file is not known"
	if err == nil {
		said = "version " + strconv.Itoa(n) + " of the lock file is not supported"
	}
	known := "version " + strconv.Itoa(newest)
	if oldest < newest {
		known = fmt.Sprintf("versions %d to %d", oldest, newest)
	}
	s.doubt = s.errAt(start, "%s (Sluice reads %s), so packages may be missing", said, known)
}

// withoutVersion records a doubt about a package without a version, in a format in which every package has one.
func (s *source) withoutVersion(start int) {
	if s.doubt == nil {
		s.doubt = s.errAt(start, "a package without its version")
	}
}

// endsEarly records a doubt if a lock file is sorted by name and its packages require one that would come after the
// last: a file that was truncated between two packages is still valid. Missing packages in the middle (parts of the
// project, platform packages) mean nothing. names yields the required names.
func (s *source) endsEarly(last string, names func(yield func(name string) bool)) {
	if last == "" || s.doubt != nil {
		return
	}
	for name := range names {
		if name > last {
			s.doubt = s.errAt(max(len(s.data)-1, 0), "the lock file ends early: packages in it ask for others that would come after the last one")
			return
		}
	}
}

// withoutEnd records a doubt about a lock file without the part that its tool writes after the packages.
func (s *source) withoutEnd(what string) {
	if s.doubt == nil {
		s.doubt = s.errAt(max(len(s.data)-1, 0), "the lock file ends early: it has no %s, which comes after the packages in a complete one", what)
	}
}

// The functions below report whether a file without packages has the structure of its format, by its top-level names.
// They are called only if no packages were found.

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

// emptyLocks returns failures for lock files without packages that should have some: files with an unknown structure,
// and files beside a manifest that asks for packages.
func emptyLocks(docs []*Document) []scan.Failure {
	type manifests struct {
		// first is the path of a manifest that asks for packages, and asks their number.
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
			err = fmt.Errorf("no packages were found in the lock file: it is empty, or its format is not known")
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
