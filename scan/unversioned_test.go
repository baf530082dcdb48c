package scan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestUnversionedTexts(t *testing.T) {
	t.Parallel()
	list := []scan.Unversioned{
		{Of: "npm", Path: "a/package.json", Names: []string{"x", "y"}, Reason: scan.UnversionedRange, Advice: "do this"},
		{Of: "npm", Path: "b/package.json", Names: []string{"x"}, Reason: scan.UnversionedRange, Advice: "do this"},
		{Of: "npm", Path: "c/package-lock.json", Names: []string{"z"}, Reason: scan.UnversionedSource},
		{Of: "Maven", Path: "pom.xml", Names: []string{"g:a"}, Reason: scan.UnversionedRange},
		{Of: "PyPI", Path: "constraints.txt", Names: []string{"x", "y"}, Reason: scan.UnversionedConstraint},
		{Of: "npm", Path: "bun.lockb", Reason: scan.UnversionedUnread, Advice: "do that"},
		{Of: "vcpkg", Path: "vcpkg.json", Names: []string{"zlib", "curl"}, Reason: scan.UnversionedUnknown},
	}
	require.Equal(t, []string{
		"1 package of Maven has no version here and was not checked: pom.xml (1)",
		"2 packages of PyPI are pinned only by constraints, and were not checked, because nothing here requires them: constraints.txt (2)",
		"1 package of npm comes from a repository or an address, and was not checked: c/package-lock.json (1)",
		"3 packages of npm have no version here and were not checked: a/package.json (2), b/package.json (1); do this",
		"in a form that is not read, so that packages of npm were not checked: bun.lockb; do that",
		"2 packages of vcpkg were not checked, because there are no advisories for such packages: vcpkg.json (2)",
	}, scan.UnversionedTexts(list))
	require.Equal(t, 9, scan.UnversionedCount(list))
	require.Nil(t, scan.UnversionedTexts(nil))
	many := []scan.Unversioned{}
	for _, path := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		many = append(many, scan.Unversioned{Of: "npm", Path: path, Names: []string{"x"}, Reason: scan.UnversionedRange})
	}
	require.Equal(t, []string{"7 packages of npm have no version here and were not checked: a (1), b (1), c (1), d (1), e (1) and 2 more"}, scan.UnversionedTexts(many))
}
