package sca_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// A go line gives one finding on the standard library per module, below all others. A toolchain line pins the version.
func TestGoLineIsAMinimum(t *testing.T) {
	t.Parallel()
	o := sca.Options{Advisories: known{"Go stdlib": []advisory.Advisory{
		below("GO-1", "1.22.0", scan.SeverityCritical), below("GO-2", "1.23.0", scan.SeverityHigh), below("GO-3", "1.21.0", scan.SeverityHigh),
	}}}
	r := scanned(t, o, tree{
		"a/go.mod": "module a\n\ngo 1.21\n",
		"b/go.mod": "module b\ngo 1.21\ntoolchain go1.22.5\n",
		"c/go.mod": "module c\n\ngo 1.24\n",
		"go.work":  "go 1.21.0\n\nuse ./a\n",
	}, nil)
	require.Equal(t, []string{
		"b/go.mod:3 stdlib GO-2 HIGH",
		"a/go.mod:3 stdlib LEAST_VERSION_VULNERABLE LOW",
		"go.work:1 stdlib LEAST_VERSION_VULNERABLE LOW",
	}, places(r))
	f := &r.Findings[1]
	require.Equal(t, "stdlib 1.21 is the minimum version: 2 advisories on it", f.Title)
	require.Equal(t, "GO-1, GO-2. The go line is a minimum: a newer Go builds the code without these. The file does not say which version is used.", f.Message)
	require.Equal(t, "Build with Go 1.23.0 or newer, and raise the go line, or pin the version with a toolchain line.", f.Remediation)

	// Accepting one advisory leaves the others; accepting the package leaves nothing.
	o.Policy.Ignore = []scan.DependencyIgnore{{ID: "GO-1", Reason: "r", Source: "s"}}
	r = scanned(t, o, tree{"go.mod": "module a\n\ngo 1.21\n"}, nil)
	require.Equal(t, []string{"go.mod:3 stdlib LEAST_VERSION_VULNERABLE LOW"}, places(r))
	o.Policy.Ignore = []scan.DependencyIgnore{{Package: "stdlib", Reason: "r", Source: "s"}}
	r = scanned(t, o, tree{"go.mod": "module a\n\ngo 1.21\n"}, nil)
	require.Equal(t, []string{"go.mod:3 stdlib LEAST_VERSION_VULNERABLE LOW suppressed by s"}, places(r))
	o.Policy.MinSeverity = scan.SeverityHigh
	require.Empty(t, scanned(t, o, tree{"go.mod": "module a\n\ngo 1.21\n"}, nil).Findings)
}

// A version that an override sets is upgraded in the override, and the annotation is on its line.
func TestAdviceForWhatIsPinned(t *testing.T) {
	t.Parallel()
	o := sca.Options{Advisories: known{"npm left": {below("N-1", "1.2.0", scan.SeverityHigh)}, "PyPI left": {below("P-1", "1.2.0", scan.SeverityHigh)}}}
	r := scanned(t, o, tree{
		"package.json":         "{\"dependencies\": {\"a\": \"1.0.0\"},\n\"overrides\": {\"left\": \"1.0.1\"}}",
		"package-lock.json":    `{"packages": {"": {"dependencies": {"a": "1.0.0"}}, "node_modules/a": {"version": "1.0.0", "dependencies": {"left": "^1"}}, "node_modules/left": {"version": "1.0.1"}}}`,
		"app/requirements.txt": "-c constraints.txt\nleft\n",
		"app/constraints.txt":  "\nleft==1.0\n",
	}, nil)
	require.Equal(t, []string{"app/constraints.txt:2 left P-1 HIGH", "package.json:2 left N-1 HIGH"}, places(r))
	require.Equal(t, "Upgrade left to 1.2.0 in the constraints of app/constraints.txt, which decide its version: upgrading its dependents, or only the lock file, changes nothing.", r.Findings[0].Remediation)
	require.Equal(t, "Upgrade left to 1.2.0 in the overrides of package.json, which decide its version: upgrading its dependents, or only the lock file, changes nothing.", r.Findings[1].Remediation)
}
