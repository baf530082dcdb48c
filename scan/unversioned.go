package scan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Unversioned are packages that one file names and of which nothing could be looked up, because no file of the tree tells an exact
// version from a public registry. They are no failure: the files were read, and say no more.
type Unversioned struct {
	// Of is what the packages are packages of, as people say it: an [Ecosystem], or a manager without advisories ("conda").
	Of string
	// Path is the file, and Kind the kind of file.
	Path, Kind string
	// Names are the packages, distinct, in the file's order; nil for a file that is known by its name and not read.
	Names []string
	// Reason is why they were not checked.
	Reason UnversionedReason
	// Advice says what to do about it, with the command that writes a lock file; empty when there is nothing to run.
	Advice string
}

// UnversionedReason says why packages were not checked.
type UnversionedReason string

// The reasons.
const (
	// UnversionedRange: a range, a branch or nothing, and no lock file.
	UnversionedRange UnversionedReason = "no-version"
	// UnversionedSource: a repository or an address, whose packages advisories do not speak of.
	UnversionedSource UnversionedReason = "no-registry"
	// UnversionedUnread: the file names packages in a form that is not read.
	UnversionedUnread UnversionedReason = "not-read"
	// UnversionedConstraint: a file that constrains what is installed pins them, and nothing in the tree asks for them. What other
	// packages bring in may come to these versions, or may not be installed at all.
	UnversionedConstraint UnversionedReason = "constraint"
	// UnversionedUnknown: nobody publishes advisories on packages of that kind.
	UnversionedUnknown UnversionedReason = "no-advisories"
)

// words say the reason, behind the number of packages.
func (r UnversionedReason) words(n int) string {
	verb := func(one, many string) string {
		if n == 1 {
			return one
		}
		return many
	}
	switch r {
	case UnversionedSource:
		return verb("comes", "come") + " from a repository or an address, and " + verb("was", "were") + " not checked"
	case UnversionedConstraint:
		return verb("is", "are") + " pinned by constraints alone, and " + verb("was", "were") + " not checked, because nothing here asks for " + verb("it", "them")
	case UnversionedUnknown:
		return verb("was", "were") + " not checked, because there are no advisories on such packages"
	}
	return verb("has", "have") + " no version here and " + verb("was", "were") + " not checked"
}

// UnversionedTexts says what the list says, a sentence without its full stop for each kind of packages and reason, in an order of its
// own: "3 packages of npm have no version here and were not checked: package.json; ...".
func UnversionedTexts(list []Unversioned) []string {
	type group struct {
		of, advice string
		reason     UnversionedReason
	}
	counts := map[group]int{}
	paths := map[group][]string{}
	var groups []group
	for i := range list {
		u := &list[i]
		g := group{u.Of, u.Advice, u.Reason}
		if paths[g] == nil {
			groups = append(groups, g)
		}
		counts[g] += len(u.Names)
		where := u.Path
		if len(u.Names) > 0 {
			where = fmt.Sprintf("%s (%s)", where, Thousands(int64(len(u.Names))))
		}
		paths[g] = append(paths[g], where)
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(strings.Compare(a.of, b.of), strings.Compare(string(a.reason), string(b.reason)), strings.Compare(a.advice, b.advice))
	})
	var texts []string
	for _, g := range groups {
		files := named(paths[g], len(paths[g]))
		text := fmt.Sprintf("%s of %s %s: %s", Plural(counts[g], "package", "packages"), g.of, g.reason.words(counts[g]), files)
		if g.reason == UnversionedUnread {
			text = fmt.Sprintf("in a form that is not read, so that packages of %s were not checked: %s", g.of, files)
		}
		if g.advice != "" {
			text += "; " + g.advice
		}
		texts = append(texts, text)
	}
	return texts
}

// UnversionedCount is how many packages the list names.
func UnversionedCount(list []Unversioned) int {
	n := 0
	for i := range list {
		n += len(list[i].Names)
	}
	return n
}
