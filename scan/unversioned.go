package scan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Unversioned are packages of one file that were not looked up, because no file of the tree has an exact version from a
// public registry. They are not failures: the files were read and contain no version.
type Unversioned struct {
	// Of is the kind of package: an [Ecosystem], or a package manager without advisories ("conda").
	Of string
	// Path is the file. Kind is the kind of file.
	Path, Kind string
	// Names are the distinct packages, in file order. It is nil for a file that is recognised by name and not read.
	Names []string
	// Reason is why they were not looked up.
	Reason UnversionedReason
	// Advice says what to do, with the command that writes a lock file. It is empty if no command helps.
	Advice string
}

// UnversionedReason says why packages were not looked up.
type UnversionedReason string

// The reasons.
const (
	// UnversionedRange: the file has a range, a branch or no version, and there is no lock file.
	UnversionedRange UnversionedReason = "no-version"
	// UnversionedSource: the package comes from a git repository or an address. Advisories do not cover those.
	UnversionedSource UnversionedReason = "no-registry"
	// UnversionedUnread: the file lists packages in a form that is not read.
	UnversionedUnread UnversionedReason = "not-read"
	// UnversionedConstraint: only a constraints file pins the packages, and nothing in the tree requires them. They may be
	// installed in these versions as dependencies of others, or not at all.
	UnversionedConstraint UnversionedReason = "constraint"
	// UnversionedUnknown: there are no advisories for this kind of package.
	UnversionedUnknown UnversionedReason = "no-advisories"
)

// words is the reason as text, to follow the number of packages.
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
		return verb("is", "are") + " pinned only by constraints, and " + verb("was", "were") + " not checked, because nothing here requires " + verb("it", "them")
	case UnversionedUnknown:
		return verb("was", "were") + " not checked, because there are no advisories for such packages"
	}
	return verb("has", "have") + " no version here and " + verb("was", "were") + " not checked"
}

// UnversionedTexts returns a sentence without its full stop for each kind of package and reason, in a fixed order: "3
// packages of npm have no version here and were not checked: package.json; ...".
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

// UnversionedCount is the number of packages in the list.
func UnversionedCount(list []Unversioned) int {
	n := 0
	for i := range list {
		n += len(list[i].Names)
	}
	return n
}
