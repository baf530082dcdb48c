package advisory_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(record("GHSA-a", "npm", "a", `,"aliases":["CVE-1"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]`)), "1.0.0")
	f.Add([]byte(record("GO-1", "Go", "stdlib", `,"references":[{"type":"WEB","url":"https://example.com"}]`)), "1.21.3")
	f.Add([]byte(record("PYSEC-1", "PyPI", "A.b_c", `,"withdrawn":""`)), "1!2.0rc1.post2.dev3")
	f.Add([]byte(record("HSEC-1", "Hackage", "a", "")), "0.1.2.3")
	f.Fuzz(func(t *testing.T, data []byte, version string) {
		r, err := advisory.ParseRecord(data)
		if err != nil {
			return
		}
		for _, a := range r.Affected {
			if a.Name == "" || a.Severity == scan.SeverityNone {
				t.Fatalf("%+v", a)
			}
			m, ok := advisory.Match(a.Ecosystem, version, []advisory.Advisory{a.Advisory})
			if !ok && len(m.Groups) > 0 || m.Fix != "" && len(m.Groups) == 0 {
				t.Fatalf("%+v", m)
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.db")
	b := advisory.NewBuilder()
	b.Add("a", []byte(record("GHSA-a", "npm", "a", "")))
	sections, err := b.Sections(day)
	if err != nil {
		f.Fatal(err)
	}
	if err := advisory.Write(path, sections); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := advisory.Open(name)
		if err != nil {
			return
		}
		defer func() { _ = db.Close() }()
		_ = db.Verify()
		_, _ = db.Find(scan.EcosystemNPM, "a")
	})
}
