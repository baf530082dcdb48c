package sbom_test

import (
	"bytes"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// decoded reads an SBOM with the standard's own reader, and checks that every reference has a target.
func decoded(t *testing.T, r *scan.Result) *cdx.BOM {
	t.Helper()
	var bom cdx.BOM
	require.NoError(t, cdx.NewBOMDecoder(bytes.NewReader(cycloneDX(t, r, options())), cdx.BOMFileFormatJSON).Decode(&bom))
	known := map[string]bool{bom.Metadata.Component.BOMRef: true}
	for _, c := range *bom.Components {
		require.False(t, known[c.BOMRef], c.BOMRef)
		known[c.BOMRef] = true
	}
	for _, d := range *bom.Dependencies {
		require.True(t, known[d.Ref], d.Ref)
		for _, ref := range *d.Dependencies {
			require.True(t, known[ref], ref)
		}
	}
	if bom.Vulnerabilities != nil {
		for _, v := range *bom.Vulnerabilities {
			for _, a := range *v.Affects {
				require.True(t, known[a.Ref], a.Ref)
			}
		}
	}
	return &bom
}

func componentOf(t *testing.T, bom *cdx.BOM, ref string) cdx.Component {
	t.Helper()
	for _, c := range *bom.Components {
		if c.BOMRef == ref {
			return c
		}
	}
	require.Fail(t, "no component "+ref)
	return cdx.Component{}
}

func TestCycloneDXComponents(t *testing.T) {
	t.Parallel()
	bom := decoded(t, sample())
	require.Equal(t, cdx.SpecVersion1_6, bom.SpecVersion)
	require.Equal(t, "sluice", (*bom.Metadata.Tools.Components)[0].Name)
	require.Equal(t, "1.4.0", (*bom.Metadata.Tools.Components)[0].Version)
	require.Equal(t, "acme/shop", bom.Metadata.Component.Name)
	require.Len(t, *bom.Components, 12, "14 packages: one is in two files, one is the project's own")

	qs := componentOf(t, bom, "pkg:npm/qs@6.7.0")
	require.Equal(t, []cdx.EvidenceOccurrence{{Location: "tools/package-lock.json", Line: new(7)}, {Location: "web/package-lock.json", Line: new(20)}}, *qs.Evidence.Occurrences)
	require.Equal(t, cdx.Scope(""), qs.Scope, "one of its files needs it at run time")
	require.Equal(t, []cdx.HashAlgorithm{"SHA-1", "SHA-512"}, []cdx.HashAlgorithm{(*qs.Hashes)[0].Algorithm, (*qs.Hashes)[1].Algorithm})
	require.Equal(t, "BSD-3-Clause", (*qs.Licenses)[0].Expression)

	jest := componentOf(t, bom, "pkg:npm/%40jest/core@29.0.0")
	require.Equal(t, []string{"@jest", "core"}, []string{jest.Group, jest.Name})
	require.Equal(t, cdx.ScopeExcluded, jest.Scope)
	require.Equal(t, "SEE LICENSE IN LICENSE.txt", (*jest.Licenses)[0].License.Name)

	require.Equal(t, "(MIT OR Apache-2.0)", (*componentOf(t, bom, "pkg:npm/dual@1.0.0").Licenses)[0].Expression)
	require.Empty(t, componentOf(t, bom, "pkg:npm/fork").Version)
	require.Nil(t, componentOf(t, bom, "pkg:golang/github.com/gin-gonic/gin@v1.6.3").Hashes, "h1 is not a digest of a file")
	require.Equal(t, cdx.ComponentTypeContainer, componentOf(t, bom, "pkg:docker/library/alpine@3.20").Type)
	odd := componentOf(t, bom, "pkg:pypi/n%C3%A4me%20with%20space%FF@1.0%2Bl%C3%B6cal")
	require.Equal(t, "näme with space\uFFFD", odd.Name)
	require.Equal(t, "py/%FF%FE%0A.txt", (*odd.Evidence.Occurrences)[0].Location)
	require.Empty(t, componentOf(t, bom, "package:Elsewhere/a%2Fb@1").PackageURL)
}

func TestCycloneDXDependencies(t *testing.T) {
	t.Parallel()
	edges := map[string][]string{}
	for _, d := range *decoded(t, sample()).Dependencies {
		edges[d.Ref] = *d.Dependencies
	}
	require.Equal(t, map[string][]string{
		"root": {
			"package:Elsewhere/a%2Fb@1", "pkg:docker/library/alpine@3.20", "pkg:golang/github.com/gin-gonic/gin@v1.6.3",
			"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "pkg:npm/%40jest/core@29.0.0", "pkg:npm/express@4.17.1", "pkg:npm/fork",
			"pkg:pypi/n%C3%A4me%20with%20space%FF@1.0%2Bl%C3%B6cal", "pkg:swift/github.com/acme/kit@1.2.0",
		},
		"pkg:npm/express@4.17.1":      {"pkg:npm/qs@6.7.0"},
		"pkg:npm/%40jest/core@29.0.0": {"pkg:npm/dual@1.0.0"},
	}, edges)
}

// One file has two versions of the direct dependency: Via does not say which of them it means.
func TestCycloneDXDrawsNoEdgeThatIsNotTold(t *testing.T) {
	t.Parallel()
	r := without()
	at := func(name, version string, relation scan.Relation, via string) {
		r.Packages = append(r.Packages, scan.Package{Ecosystem: scan.EcosystemNPM, Name: name, Version: version, Path: "yarn.lock", Line: len(r.Packages) + 1, Relation: relation, Via: via})
	}
	at("a", "1", scan.RelationDirect, "")
	at("a", "2", scan.RelationDirect, "")
	at("b", "1", scan.RelationTransitive, "a")
	at("c", "1", scan.RelationTransitive, "not there")
	at("d", "1", scan.RelationDirect, "d")
	bom := decoded(t, r)
	require.Len(t, *bom.Dependencies, 1)
	require.Equal(t, []string{"pkg:npm/a@1", "pkg:npm/a@2", "pkg:npm/d@1"}, *(*bom.Dependencies)[0].Dependencies)
	require.Contains(t, *componentOf(t, bom, "pkg:npm/b@1").Properties, cdx.Property{Name: "sluice:via", Value: "a"}, "the name is told all the same")
}

// One file asks for a package directly, and in others it comes in through another package.
func TestCycloneDXMergesRelations(t *testing.T) {
	t.Parallel()
	at := func(path string, relation scan.Relation, via string) scan.Package {
		return scan.Package{Ecosystem: scan.EcosystemNPM, Name: "a", Version: "1", Path: path, Line: 1, Relation: relation, Via: via, Development: relation == scan.RelationDirect}
	}
	for _, order := range [][]scan.Package{
		{at("1", scan.RelationDirect, ""), at("2", scan.RelationTransitive, "b"), at("3", scan.RelationTransitive, "c")},
		{at("1", scan.RelationTransitive, "c"), at("2", scan.RelationTransitive, "b"), at("3", scan.RelationDirect, "")},
	} {
		r := without()
		r.Packages = order
		bom := decoded(t, r)
		require.Equal(t, []string{"pkg:npm/a@1"}, *(*bom.Dependencies)[0].Dependencies)
		c := (*bom.Components)[0]
		require.Equal(t, cdx.Scope(""), c.Scope)
		require.Equal(t, []cdx.Property{
			{Name: "sluice:ecosystem", Value: "npm"}, {Name: "sluice:relation", Value: "direct"}, {Name: "sluice:via", Value: "b"}, {Name: "sluice:via", Value: "c"},
		}, *c.Properties)
	}
}

func TestCycloneDXVulnerabilities(t *testing.T) {
	t.Parallel()
	type row struct{ id, state, justification, severity, method, affects string }
	var rows []row
	list := *decoded(t, sample()).Vulnerabilities
	for _, v := range list {
		r := row{id: v.ID, severity: string((*v.Ratings)[0].Severity), method: string((*v.Ratings)[0].Method)}
		if v.Analysis != nil {
			r.state, r.justification = string(v.Analysis.State), string(v.Analysis.Justification)
		}
		for _, a := range *v.Affects {
			r.affects += a.Ref + " "
		}
		rows = append(rows, r)
	}
	require.Equal(t, []row{
		{"CVE-2022-24999", "", "", "high", "CVSSv31", "pkg:npm/qs@6.7.0 "},
		{"CVE-2022-24999", "exploitable", "", "high", "CVSSv31", "pkg:npm/express@4.17.1 "},
		{"GHSA-xxxx-0000-0001", "not_affected", "code_not_present", "critical", "CVSSv4", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1 "},
		{"GO-2021-0052", "", "", "unknown", "", "pkg:golang/github.com/gin-gonic/gin@v1.6.3 "},
		{"PYSEC-2024-1", "", "", "low", "other", "pkg:pypi/n%C3%A4me%20with%20space%FF@1.0%2Bl%C3%B6cal "},
	}, rows)
	open := list[0]
	require.Equal(t, "NVD", open.Source.Name)
	require.Equal(t, "GHSA-hrpp-h998-j3pp", (*open.References)[0].ID)
	require.Equal(t, "https://example.com/CVE-2022-24999", (*open.Advisories)[0].URL)
	require.Equal(t, "Upgrade qs.", open.Recommendation)
	require.Equal(t, "qs: prototype poisoning", open.Description)
	require.Equal(t, 7.5, *(*open.Ratings)[0].Score)
	require.Equal(t, []cdx.Property{{Name: "sluice:exploited", Value: "true"}, {Name: "sluice:epss", Value: "0.0125"}}, *open.Properties)
	require.Equal(t, "Suppressed: advisory, .sluice.yml:8.", list[1].Analysis.Detail)
	require.Equal(t, "GitHub", (*list[4].Ratings)[0].Source.Name)
}

// Among the findings of one advisory, a rating takes precedence over the default MEDIUM, and the worst rating wins.
func TestCycloneDXTakesTheRating(t *testing.T) {
	t.Parallel()
	at := func(name string, severity scan.Severity, score float64, rated string) scan.Finding {
		return scan.Finding{
			Engine: "dependencies", RuleID: "CVE-2026-1", Severity: severity,
			Dependency: &scan.Dependency{IDs: []string{"CVE-2026-1"}, Score: score, Rated: rated, Package: scan.Package{Ecosystem: scan.EcosystemNPM, Name: name, Version: "1"}},
		}
	}
	list := []scan.Finding{at("a", scan.SeverityMedium, 0, ""), at("b", scan.SeverityLow, 2.1, "CVSS 3.0"), at("c", scan.SeverityLow, 3.9, "CVSS 2.0")}
	for range list {
		list = append(list[1:], list[0])
		r := without()
		r.Findings = list
		v := (*decoded(t, r).Vulnerabilities)
		require.Len(t, v, 1)
		require.Len(t, *v[0].Affects, 3)
		require.Equal(t, []cdx.VulnerabilityRating{{Score: new(3.9), Severity: cdx.SeverityLow, Method: cdx.ScoringMethodCVSSv2}}, *v[0].Ratings)
	}
}

func TestCycloneDXSaysHowCompleteItIs(t *testing.T) {
	t.Parallel()
	of := func(r *scan.Result) (cdx.Composition, []cdx.Property) {
		bom := decoded(t, r)
		require.Len(t, *bom.Compositions, 1)
		if bom.Metadata.Properties == nil {
			return (*bom.Compositions)[0], nil
		}
		return (*bom.Compositions)[0], *bom.Metadata.Properties
	}
	whole, told := of(without())
	require.Equal(t, cdx.CompositionAggregateIncomplete, whole.Aggregate)
	require.Nil(t, whole.Assemblies)
	require.Nil(t, told)
	partly, told := of(sample())
	require.Equal(t, []cdx.BOMReference{"root"}, *partly.Assemblies)
	require.Contains(t, told, cdx.Property{Name: "sluice:incomplete", Value: "1 file could not be read, or only in part"})
	require.Contains(t, told, cdx.Property{Name: "sluice:advisories", Value: "2026-11-23T04:00:00Z"})
	not, told := of(&scan.Result{Engines: []scan.Engine{"secrets"}})
	require.Equal(t, cdx.CompositionAggregateUnknown, not.Aggregate)
	require.Equal(t, []cdx.Property{{Name: "sluice:incomplete", Value: "dependencies were not scanned"}}, told)
}
