package demo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// vulnerability is a real one, in our own words. The demo asks no server for them.
type vulnerability struct {
	id, cve, ecosystem, name, fixed, vector, summary string
}

// vulnerabilities are those of the made-up repositories. Source: the pages of their ids, https://github.com/advisories/GHSA-….
var vulnerabilities = []vulnerability{
	{"GHSA-jfh8-c2jp-5v3q", "CVE-2021-44228", "Maven", "org.apache.logging.log4j:log4j-core", "2.15.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "Log4j looks up names in log messages and runs code from there"},
	{"GHSA-8q59-q68h-6hv4", "CVE-2020-14343", "PyPI", "pyyaml", "5.4", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "PyYAML's full loader runs code from a document"},
	{"GHSA-j8r2-6x86-q33q", "CVE-2023-32681", "PyPI", "requests", "2.31.0", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N", "Requests sends Proxy-Authorization to the server after a redirect"},
	{"GHSA-35jh-r3h4-6jhm", "CVE-2021-23337", "npm", "lodash", "4.17.21", "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", "Lodash runs code from the options of a template"},
	{"GHSA-xvch-5gv4-984h", "CVE-2021-44906", "npm", "minimist", "1.2.6", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "Arguments change the prototype of all objects in minimist"},
	{"GHSA-4374-p667-p6c8", "CVE-2023-39325", "Go", "golang.org/x/net", "0.17.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "Streams that are reset at once exhaust an HTTP/2 server"},
}

// WriteAdvisories writes the file of advisories that the scans of the demo use.
func WriteAdvisories(path string, now time.Time) error {
	b := advisory.NewBuilder()
	for _, v := range vulnerabilities {
		kind := "ECOSYSTEM"
		if v.ecosystem == "npm" || v.ecosystem == "Go" {
			kind = "SEMVER"
		}
		record, err := json.Marshal(map[string]any{
			"id": v.id, "aliases": []string{v.cve}, "modified": now.UTC().Add(-3 * day).Format(time.RFC3339), "summary": v.summary,
			"severity": []any{map[string]string{"type": "CVSS_V3", "score": v.vector}},
			"affected": []any{map[string]any{
				"package": map[string]string{"ecosystem": v.ecosystem, "name": v.name},
				"ranges":  []any{map[string]any{"type": kind, "events": []any{map[string]string{"introduced": "0"}, map[string]string{"fixed": v.fixed}}}},
			}},
		})
		if err != nil {
			return err
		}
		b.Add(v.id, record)
	}
	if len(b.Stats.Refused) > 0 {
		return fmt.Errorf("advisories of the demo: %s", b.Stats.Refused[0])
	}
	built, err := b.Sections(now)
	if err != nil {
		return err
	}
	return advisory.Write(path, built)
}

const day = 24 * time.Hour
