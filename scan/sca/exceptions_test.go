package sca_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
)

func TestReadOSVScanner(t *testing.T) {
	t.Parallel()
	ignore, warnings, err := sca.ReadOSVScanner("web/osv-scanner.toml", []byte(`
[[IgnoredVulns]]
id = "GO-2022-0968"
ignoreUntil = 2026-12-31
reason = "no ssh"

[[PackageOverrides]]
name = "lib"
version = "1.0.0"
ecosystem = "Go"
ignore = true
effectiveUntil = 2026-11-09
reason = "abc"

[[PackageOverrides]]
name = "other"
vulnerability.ignore = true

[[PackageOverrides]]
name = "licensed"
license.override = ["MIT"]
license.ignore = true

[[PackageOverrides]]
ecosystem = "npm"
group = "dev"
ignore = true

[[IgnoredVulns]]
reason = "nothing"
`))
	require.NoError(t, err)
	require.Equal(t, []scan.DependencyIgnore{
		{ID: "GO-2022-0968", Dir: "web", Reason: "no ssh", Expires: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), Source: "web/osv-scanner.toml:2"},
		{Package: "lib", Version: "1.0.0", Ecosystem: "Go", Dir: "web", Reason: "abc", Expires: time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC), Source: "web/osv-scanner.toml:7"},
		{Package: "lib", Version: "1.0.0", Ecosystem: "Go", Dir: "web", Reason: "abc", Expires: time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC), License: true, Source: "web/osv-scanner.toml:7"},
		{Package: "other", Dir: "web", Source: "web/osv-scanner.toml:15"},
		{Package: "licensed", Dir: "web", License: true, Source: "web/osv-scanner.toml:19"},
	}, utc(ignore))
	require.Equal(t, []string{
		"web/osv-scanner.toml:29: the entry names no id and is not used",
		"web/osv-scanner.toml:19: license.override is not honoured",
		`web/osv-scanner.toml:24: group is not honoured; leave development dependencies out with "dependencies: {development: false}" in .sluice.yml`,
	}, warnings)
	_, _, err = sca.ReadOSVScanner("osv-scanner.toml", []byte("a = 1\nb = = 2\n"))
	require.EqualError(t, err, "osv-scanner.toml:2: not valid TOML")
	_, _, err = sca.ReadOSVScanner("osv-scanner.toml", []byte("IgnoredVulns = 7\n"))
	require.ErrorContains(t, err, "not valid TOML")
}

// utc gives the local dates of TOML, which have no zone, the zone UTC.
func utc(list []scan.DependencyIgnore) []scan.DependencyIgnore {
	for i := range list {
		if e := list[i].Expires; !e.IsZero() {
			list[i].Expires = time.Date(e.Year(), e.Month(), e.Day(), 0, 0, 0, 0, time.UTC)
		}
	}
	return list
}

func TestReadVEX(t *testing.T) {
	t.Parallel()
	ignore, warnings, err := sca.ReadVEX("a.openvex.json", []byte(`{
  "@context": "https://openvex.dev/ns/v0.2.0", "statements": [
    {"vulnerability": {"name": "CVE-1"}, "status": "not_affected", "justification": "vulnerable_code_not_present", "timestamp": "2026-01-01T00:00:00Z",
     "products": [{"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:npm/%40scope/a@1.0.0"}, {"identifiers": {"purl": "pkg:pypi/B_c@2.0"}}]}]},
    {"vulnerability": "CVE-2", "status": "fixed", "products": ["pkg:golang/example.com/m@v1.2.3"]},
    {"vulnerability": {"@id": "https://example.com/CVE-3"}, "status": "not_affected", "products": [{"@id": "pkg:maven/g/a"}]},
    {"vulnerability": {"name": "CVE-3"}, "status": "affected", "timestamp": "2026-05-01T00:00:00Z", "products": [{"@id": "pkg:maven/g/a"}]},
    {"vulnerability": {"name": "CVE-4"}, "status": "under_investigation", "products": [{"@id": "pkg:npm/a"}]},
    {"vulnerability": {"name": "CVE-5"}, "status": "fixed", "products": [{"@id": "https://example.com/product"}]}
  ]}`))
	require.NoError(t, err)
	require.Equal(t, []scan.DependencyIgnore{
		{ID: "CVE-1", Package: "@scope/a", Version: "1.0.0", Ecosystem: "npm", Reason: "not_affected vulnerable_code_not_present", Source: "a.openvex.json, statement 1"},
		{ID: "CVE-1", Package: "B_c", Version: "2.0", Ecosystem: "PyPI", Reason: "not_affected vulnerable_code_not_present", Source: "a.openvex.json, statement 1"},
		{ID: "CVE-2", Package: "example.com/m", Version: "1.2.3", Ecosystem: "Go", Reason: "fixed", Source: "a.openvex.json, statement 2"},
	}, ignore, "the later statement on CVE-3 takes the earlier one back")
	require.Equal(t, []string{"a.openvex.json, statement 6: names no advisory, or no package by a package URL, and is not used"}, warnings)
	for _, text := range []string{"", "[]", "{}", `{"@context": "https://spdx.org"}`, `{"@context": "openvex", "statements": [{"vulnerability": 7}]}`} {
		_, _, err := sca.ReadVEX("a.vex.json", []byte(text))
		require.ErrorContains(t, err, "a.vex.json", "%q", text)
	}
	require.True(t, sca.IsVEX("x/openvex.json") && sca.IsVEX("b.VEX.json") && !sca.IsVEX("vex.txt") && !sca.IsVEX("convex.json"))
}

func FuzzExceptions(f *testing.F) {
	f.Add([]byte("[[IgnoredVulns]]\nid = \"a\"\nignoreUntil = 2026-01-01\n[[PackageOverrides]]\nname=\"a\"\nignore=true\n"))
	f.Add([]byte(`{"@context":"openvex","statements":[{"vulnerability":{"name":"CVE-1"},"status":"fixed","products":[{"@id":"pkg:npm/a@1"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range []func(string, []byte) ([]scan.DependencyIgnore, []string, error){sca.ReadOSVScanner, sca.ReadVEX} {
			list, _, err := read("x", data)
			if err != nil && len(list) > 0 {
				t.Fatal("an error and entries")
			}
			for _, entry := range list {
				if entry.ID == "" && entry.Package == "" {
					t.Fatalf("%+v switches everything off", entry)
				}
			}
		}
	})
}
