package advisory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

func parse(t *testing.T, text string) *advisory.Record {
	t.Helper()
	r, err := advisory.ParseRecord([]byte(text))
	require.NoError(t, err)
	return r
}

// Unknown fields, dates without a time and leading ranges of commits do no harm.
func TestRecordGrowsWithTheSchema(t *testing.T) {
	t.Parallel()
	r := parse(t, `{
		"id": "GHSA-aaaa-bbbb-cccc", "schema_version": "9.9.9", "of_tomorrow": {"a": [1]}, "modified": "2026-05-04", "published": "2026-05-03",
		"aliases": ["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"], "summary": "  Something\n is wrong ",
		"affected": [{
			"package": {"ecosystem": "PyPI", "name": "Some.Package_X", "purl": "pkg:pypi/some-package-x"},
			"ranges": [
				{"type": "GIT", "repo": "https://example.com/x", "events": [{"introduced": "0"}, {"fixed": "abc"}], "database_specific": {"versions": []}},
				{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}
			],
			"versions": ["1.0", "1.1"]
		}, {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]
	}`)
	require.Len(t, r.Affected, 1)
	a := r.Affected[0]
	require.Equal(t, scan.EcosystemPyPI, a.Ecosystem)
	require.Equal(t, "some-package-x", a.Name)
	require.Equal(t, []string{"CVE-2026-1"}, a.Aliases)
	require.Equal(t, "Something is wrong", a.Summary)
	require.Equal(t, "https://github.com/advisories/GHSA-aaaa-bbbb-cccc", a.Link)
	require.Equal(t, time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC), a.Modified)
	require.Equal(t, []advisory.Range{{Events: []advisory.Event{{Introduced: "0"}, {Fixed: "1.2"}}}}, a.Ranges)
}

func TestRecordRatings(t *testing.T) {
	t.Parallel()
	const v4, v31, v30, v2 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
		"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:L/A:N", "AV:N/AC:L/Au:N/C:P/I:N/A:N"
	for name, c := range map[string]struct {
		id, record, affected string
		severity             scan.Severity
		score                float64
		rated                string
	}{
		"CVSS 4 before 3 before 2": {record: `,"severity":[{"type":"CVSS_V2","score":"` + v2 + `"},{"type":"CVSS_V3","score":"` + v31 + `"},{"type":"CVSS_V4","score":"` + v4 + `"}]`,
			severity: scan.SeverityCritical, score: 9.3, rated: "CVSS 4.0"},
		"3.1":                        {record: `,"severity":[{"type":"CVSS_V2","score":"` + v2 + `"},{"type":"CVSS_V3","score":"` + v31 + `"}]`, severity: scan.SeverityHigh, score: 7.5, rated: "CVSS 3.1"},
		"3.0":                        {record: `,"severity":[{"type":"CVSS_V3","score":"` + v30 + `"}]`, severity: scan.SeverityMedium, score: 4.2, rated: "CVSS 3.0"},
		"2":                          {record: `,"severity":[{"type":"CVSS_V2","score":"` + v2 + `"}]`, severity: scan.SeverityMedium, score: 5, rated: "CVSS 2.0"},
		"a broken vector is ignored": {record: `,"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}],"database_specific":{"severity":"LOW"}`, severity: scan.SeverityLow, rated: "database"},
		"the package's own goes first": {record: `,"severity":[{"type":"CVSS_V3","score":"` + v31 + `"}]`, affected: `,"severity":[{"type":"CVSS_V3","score":"` + v30 + `"}]`,
			severity: scan.SeverityMedium, score: 4.2, rated: "CVSS 3.0"},
		"the database's word":        {record: `,"database_specific":{"severity":"moderate"}`, severity: scan.SeverityMedium, rated: "database"},
		"the vector of RustSec":      {affected: `,"database_specific":{"cvss":"` + v31 + `","informational":null}`, severity: scan.SeverityHigh, score: 7.5, rated: "CVSS 3.1"},
		"a package nobody maintains": {affected: `,"database_specific":{"cvss":null,"informational":"unmaintained"}`, severity: scan.SeverityLow, rated: "database"},
		"malware":                    {id: "MAL-2026-1", severity: scan.SeverityCritical, rated: "malware"},
		"nobody":                     {record: `,"database_specific":{"severity":7,"cvss":[1]}`, severity: scan.SeverityMedium},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := c.id
			if id == "" {
				id = "X-1"
			}
			r := parse(t, `{"id":"`+id+`"`+c.record+`,"affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]`+c.affected+`}]}`)
			require.Equal(t, c.severity, r.Affected[0].Severity)
			require.InDelta(t, c.score, r.Affected[0].Score, 0.001)
			require.Equal(t, c.rated, r.Affected[0].Rated)
		})
	}
}

func TestRecordRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", "[]", `{"id":""}`, `{"id":"a","affected":{}}`, "{\"id\":\"a\""} {
		_, err := advisory.ParseRecord([]byte(text))
		require.ErrorContains(t, err, "not an OSV record", "%q", text)
	}
}
