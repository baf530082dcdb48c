package sbom_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestLicenses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("(", 1000) + "MIT" + strings.Repeat(")", 1000)
	// 2^16 ways to satisfy it: parsing must not enumerate them.
	wide := strings.TrimSuffix(strings.Repeat("(MIT OR ISC) AND ", 16), " AND ")
	for name, c := range map[string]struct {
		texts      []string
		expression string
		names      []string
		declared   string
	}{
		"one":             {[]string{"MIT"}, "MIT", nil, "MIT"},
		"its spelling":    {[]string{" apache-2.0 "}, "Apache-2.0", nil, "Apache-2.0"},
		"an exception":    {[]string{"GPL-2.0-only WITH Classpath-exception-2.0"}, "GPL-2.0-only WITH Classpath-exception-2.0", nil, "GPL-2.0-only WITH Classpath-exception-2.0"},
		"none":            {[]string{""}, "", nil, "NOASSERTION"},
		"no expression":   {[]string{"UNLICENSED"}, "", []string{"UNLICENSED"}, "NOASSERTION"},
		"lower operators": {[]string{"MIT or ISC"}, "", []string{"MIT or ISC"}, "NOASSERTION"},
		"both":            {[]string{"The MIT License", "MIT"}, "MIT", nil, "MIT"},
		"several":         {[]string{"MIT", "ISC OR MIT", "MIT"}, "(ISC OR MIT) AND (MIT)", nil, "(ISC OR MIT) AND (MIT)"},
		"names":           {[]string{"b", "a", "b"}, "", []string{"a", "b"}, "NOASSERTION"},
		"its own":         {[]string{"LicenseRef-x"}, "LicenseRef-x", nil, "NOASSERTION"},
		"deep":            {[]string{deep}, "", []string{deep[:200] + "…"}, "NOASSERTION"},
		"wide":            {[]string{wide}, wide, nil, wide},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := without()
			for i, text := range c.texts {
				r.Packages = append(r.Packages, scan.Package{Ecosystem: scan.EcosystemNPM, Name: "a", Version: "1", Path: "package-lock.json", Line: i + 1, License: text})
			}
			var expression string
			var names []string
			if list := (*decoded(t, r).Components)[0].Licenses; list != nil {
				for _, l := range *list {
					if expression += l.Expression; l.License != nil {
						names = append(names, l.License.Name)
					}
				}
			}
			require.Equal(t, c.expression, expression)
			require.Equal(t, c.names, names)
			_, packages := read(t, r)
			require.Equal(t, c.declared, packages["a"].PackageLicenseDeclared)
			for _, f := range formats {
				require.NoError(t, validator(t, f.name)(f.bytes(t, r, options())))
			}
		})
	}
}

func TestDigests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"sha256:" + strings.Repeat("AB", 32):   {"SHA-256", "SHA256"},
		"SHA-1:" + strings.Repeat("ab", 20):    {"SHA-1", "SHA1"},
		"sha224:" + strings.Repeat("ab", 28):   {"", "SHA224"},
		"sha3-512:" + strings.Repeat("ab", 64): {"SHA3-512", "SHA3-512"},
		"sha256:" + strings.Repeat("ab", 20):   {},
		"sha256:" + strings.Repeat("xy", 32):   {},
		"h1:" + strings.Repeat("ab", 32):       {},
		strings.Repeat("ab", 32):               {},
	} {
		r := without()
		r.Packages = []scan.Package{{Ecosystem: scan.EcosystemNPM, Name: "a", Version: "1", Path: "package-lock.json", Line: 1, Hash: text}}
		var got [2]string
		if list := (*decoded(t, r).Components)[0].Hashes; list != nil {
			got[0] = string((*list)[0].Algorithm)
		}
		_, packages := read(t, r)
		if list := packages["a"].PackageChecksums; len(list) > 0 {
			got[1] = string(list[0].Algorithm)
		}
		require.Equal(t, want, got, text)
	}
}

// The output can be parsed again: the package URL contains ecosystem, name and version.
func TestWriteReadsBack(t *testing.T) {
	t.Parallel()
	var got []scan.Package
	for _, c := range *decoded(t, sample()).Components {
		if c.PackageURL == "" {
			continue
		}
		p, ok := scan.ParsePURL(c.PackageURL)
		require.True(t, ok, c.PackageURL)
		require.Equal(t, c.PackageURL, p.PURL())
		got = append(got, p)
	}
	require.Len(t, got, 11)
	require.Contains(t, got, scan.Package{Ecosystem: scan.EcosystemNPM, Name: "@jest/core", Version: "29.0.0"})
	require.Contains(t, got, scan.Package{Ecosystem: scan.EcosystemMaven, Name: "org.apache.logging.log4j:log4j-core", Version: "2.14.1"})
	require.Contains(t, got, scan.Package{Ecosystem: scan.EcosystemGo, Name: "github.com/gin-gonic/gin", Version: "1.6.3"})
	doc, _ := read(t, sample())
	var locators []string
	for _, p := range doc.Packages {
		for _, ref := range p.PackageExternalReferences {
			locators = append(locators, ref.Locator)
		}
	}
	require.Len(t, locators, 11)
	for i, p := range got {
		require.Equal(t, p.PURL(), locators[i])
	}
}
