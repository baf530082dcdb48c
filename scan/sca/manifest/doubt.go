package manifest

import (
	"fmt"
	"strconv"
	"strings"
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
