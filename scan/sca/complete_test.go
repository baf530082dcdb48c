package sca_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
)

// The files are truncated, in the middle of a merge, replaced, of another version, binary, elsewhere, or too large.
func TestAScanThatDidNotReadAFileOfDependenciesDoesNotEndWell(t *testing.T) {
	t.Parallel()
	whole := shopLock("4.18.2", "6.11.0")
	for name, text := range map[string]string{
		"cut":               whole[:len(whole)/2],
		"empty":             "",
		"no object":         "[]",
		"nothing":           "null",
		"an empty object":   "{}",
		"a newer version":   `{"lockfileVersion": 4, "pkgs": {"express": "4.18.2"}}`,
		"another form":      `{"lockfileVersion": 3, "pkgs": {"express": "4.18.2"}}`,
		"binary":            "\x00\x01\x02",
		"in LFS":            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
		"in a merge":        "{\n<<<<<<< HEAD\n  \"lockfileVersion\": 3,\n=======\n  \"lockfileVersion\": 2,\n>>>>>>> main\n" + whole[1:],
		"not JSON":          "lockfileVersion: 3\n",
		"other bytes":       "\xff\xfe\xfd",
		"only its brackets": "{{}}",
	} {
		for _, gate := range []scan.Gate{{FailOn: scan.SeverityHigh, Scope: scan.ScopeNew}, {FailOn: scan.SeverityNone, Scope: scan.ScopeAll}} {
			files := shop("4.18.2", "6.11.0")
			files["web/package-lock.json"] = text
			r := scanned(t, sca.Options{Advisories: advisories}, files, nil)
			require.Equal(t, scan.ExitError, gate.ExitCode(r), name)
			require.Equal(t, scan.StateUnknown, gate.Verdict(r).State, name)
			require.False(t, gate.Passed(r), name)
		}
	}
	r := scanned(t, sca.Options{Advisories: advisories}, shop("4.18.2", "6.11.0"), nil)
	require.Equal(t, scan.ExitOK, (scan.Gate{}).ExitCode(r), "and the whole file does")
}
