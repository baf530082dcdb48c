package document

import (
	"fmt"
	"strconv"
	"strings"
)

// LockVersion checks the version of a lock file's format, and records a doubt if it is not between oldest and newest:
// another version may store its packages elsewhere.
func (s *Source) LockVersion(text string, start, oldest, newest int) {
	major, _, _ := strings.Cut(strings.TrimSpace(text), ".")
	n, err := strconv.Atoi(major)
	if err == nil && oldest <= n && n <= newest || s.Doubt != nil {
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
	s.Doubt = s.ErrAt(start, "%s (Sluice reads %s), so packages may be missing", said, known)
}

// WithoutVersion records a doubt about a package without a version, in a format in which every package has one.
func (s *Source) WithoutVersion(start int) {
	if s.Doubt == nil {
		s.Doubt = s.ErrAt(start, "a package without its version")
	}
}

// EndsEarly records a doubt if a lock file is sorted by name and its packages require one that would come after the
// last: a file that was truncated between two packages is still valid. Missing packages in the middle (parts of the
// project, platform packages) mean nothing. names yields the required names.
func (s *Source) EndsEarly(last string, names func(yield func(name string) bool)) {
	if last == "" || s.Doubt != nil {
		return
	}
	for name := range names {
		if name > last {
			s.Doubt = s.ErrAt(max(len(s.Data)-1, 0), "the lock file ends early: packages in it ask for others that would come after the last one")
			return
		}
	}
}

// WithoutEnd records a doubt about a lock file without the part that its tool writes after the packages.
func (s *Source) WithoutEnd(what string) {
	if s.Doubt == nil {
		s.Doubt = s.ErrAt(max(len(s.Data)-1, 0), "the lock file ends early: it has no %s, which comes after the packages in a complete one", what)
	}
}
