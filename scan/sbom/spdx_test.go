package sbom_test

import (
	"bytes"
	"testing"

	"github.com/spdx/tools-golang/json"
	standard "github.com/spdx/tools-golang/spdx"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// read reads an SBOM with the standard's own reader, and checks that every relationship has a target.
func read(t *testing.T, r *scan.Result) (*standard.Document, map[string]*standard.Package) {
	t.Helper()
	doc, err := json.Read(bytes.NewReader(spdx(t, r, options())))
	require.NoError(t, err)
	byName, known := map[string]*standard.Package{}, map[standard.ElementID]bool{"DOCUMENT": true}
	for _, p := range doc.Packages {
		require.False(t, known[p.PackageSPDXIdentifier], p.PackageSPDXIdentifier)
		known[p.PackageSPDXIdentifier] = true
		byName[p.PackageName] = p
	}
	for _, r := range doc.Relationships {
		require.True(t, known[r.RefA.ElementRefID] && known[r.RefB.ElementRefID])
	}
	return doc, byName
}

func TestSPDXPackages(t *testing.T) {
	t.Parallel()
	doc, packages := read(t, sample())
	require.Equal(t, "SPDX-2.3", doc.SPDXVersion)
	require.Equal(t, "CC0-1.0", doc.DataLicense)
	require.Equal(t, standard.ElementID("DOCUMENT"), doc.SPDXIdentifier)
	require.Equal(t, "1970-01-01T00:00:00Z", doc.CreationInfo.Created)
	require.Equal(t, "sluice-1.4.0", doc.CreationInfo.Creators[0].Creator)
	require.Equal(t, "Tool", doc.CreationInfo.Creators[0].CreatorType)
	require.Equal(t, "Incomplete: 1 file could not be read, or only in part.", doc.CreationInfo.CreatorComment)
	require.Len(t, doc.Packages, 13, "12 and the repository")

	root := packages["acme/shop"]
	require.Equal(t, "git+https://bitbucket.org/acme/shop@4f2c9e1d4f2c9e1d4f2c9e1d4f2c9e1d4f2c9e1d", root.PackageDownloadLocation)
	require.Nil(t, root.PackageExternalReferences, "readers take what has a package URL for a dependency")

	qs := packages["qs"]
	require.Equal(t, "6.7.0", qs.PackageVersion)
	require.Equal(t, "NOASSERTION", qs.PackageDownloadLocation)
	require.False(t, qs.FilesAnalyzed)
	require.Equal(t, "BSD-3-Clause", qs.PackageLicenseDeclared)
	require.Equal(t, "NOASSERTION", qs.PackageLicenseConcluded)
	require.Equal(t, "named in tools/package-lock.json:7, web/package-lock.json:20", qs.PackageSourceInfo)
	require.Equal(t, "ecosystem npm; transitive; brought in by express", qs.PackageComment)
	require.Len(t, qs.PackageChecksums, 2)
	require.Equal(t, "purl", qs.PackageExternalReferences[0].RefType)
	require.Equal(t, "pkg:npm/qs@6.7.0", qs.PackageExternalReferences[0].Locator)

	require.Equal(t, "NOASSERTION", packages["@jest/core"].PackageLicenseDeclared)
	require.Equal(t, "The licence in the tree is not an SPDX expression: SEE LICENSE IN LICENSE.txt", packages["@jest/core"].PackageLicenseComments)
	require.Equal(t, "NOASSERTION", packages["own"].PackageLicenseDeclared, "its text is not known")
	require.Contains(t, packages["own"].PackageLicenseComments, "LicenseRef-acme")
	require.Equal(t, "CONTAINER", packages["library/alpine"].PrimaryPackagePurpose)
	require.Empty(t, packages["a/b"].PackageExternalReferences)
}

func TestSPDXRelationships(t *testing.T) {
	t.Parallel()
	doc, packages := read(t, sample())
	names := map[standard.ElementID]string{"DOCUMENT": "document"}
	for name, p := range packages {
		names[p.PackageSPDXIdentifier] = name
	}
	var edges []string
	for _, r := range doc.Relationships {
		edges = append(edges, names[r.RefA.ElementRefID]+" "+r.Relationship+" "+names[r.RefB.ElementRefID])
	}
	require.Equal(t, []string{
		"document DESCRIBES acme/shop", "acme/shop DEPENDS_ON a/b", "acme/shop DEPENDS_ON library/alpine", "acme/shop DEPENDS_ON github.com/gin-gonic/gin",
		"acme/shop DEPENDS_ON org.apache.logging.log4j:log4j-core", "@jest/core DEV_DEPENDENCY_OF acme/shop", "acme/shop DEPENDS_ON express",
		"acme/shop DEPENDS_ON fork", "acme/shop DEPENDS_ON näme with space\uFFFD", "acme/shop DEPENDS_ON https://github.com/Acme/Kit.git",
		"@jest/core DEPENDS_ON dual", "express DEPENDS_ON qs",
	}, edges)
}

func TestSPDXOfWhatWasNotScanned(t *testing.T) {
	t.Parallel()
	doc, _ := read(t, &scan.Result{Engines: []scan.Engine{"secrets"}})
	require.Equal(t, "Incomplete: dependencies were not scanned.", doc.CreationInfo.CreatorComment)
	doc, _ = read(t, without())
	require.Empty(t, doc.CreationInfo.CreatorComment)
	require.Len(t, doc.Packages, 1)
}
