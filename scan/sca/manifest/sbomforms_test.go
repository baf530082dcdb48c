package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

const (
	tagSBOM = `SPDXVersion: SPDX-2.3
DocumentName: shop
SPDXID: SPDXRef-DOCUMENT
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root

PackageName: shop
SPDXID: SPDXRef-root
ExternalRef: PACKAGE-MANAGER purl pkg:npm/shop@1.0.0

PackageName: left
SPDXID: SPDXRef-a
PackageVersion: 1.2.3
PackageLicenseConcluded: NOASSERTION
PackageLicenseDeclared: MIT
PackageChecksum: SHA1: ab
PackageComment: <text>
PackageName: none
</text>
ExternalRef: SECURITY cpe23Type cpe:2.3:a:b
ExternalRef: PACKAGE-MANAGER purl pkg:npm/left

PackageName: deep
SPDXID: SPDXRef-b
ExternalRef: PACKAGE-MANAGER purl pkg:npm/deep@3.1.0
Relationship: SPDXRef-root DEPENDS_ON SPDXRef-a
Relationship: SPDXRef-a DEPENDS_ON SPDXRef-b
FileName: ./x
SPDXID: SPDXRef-x
`
	yamlSBOM = `spdxVersion: SPDX-2.3
documentDescribes: [SPDXRef-root]
packages:
- SPDXID: SPDXRef-root
  externalRefs:
  - {referenceType: purl, referenceLocator: "pkg:npm/shop@1.0.0"}
- SPDXID: SPDXRef-a
  versionInfo: 1.2.3
  licenseDeclared: MIT
  checksums:
  - {algorithm: SHA1, checksumValue: ab}
  externalRefs:
  - {referenceType: purl, referenceLocator: "pkg:npm/left"}
- SPDXID: SPDXRef-b
  externalRefs:
  - referenceType: purl
    referenceLocator: pkg:npm/deep@3.1.0
relationships:
- {spdxElementId: SPDXRef-root, relationshipType: DEPENDS_ON, relatedSpdxElement: SPDXRef-a}
- {spdxElementId: SPDXRef-a, relationshipType: DEPENDS_ON, relatedSpdxElement: SPDXRef-b}
`
	rdfSBOM = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:spdx="http://spdx.org/rdf/terms#">
<spdx:SpdxDocument rdf:about="http://example.org/d#SPDXRef-DOCUMENT">
 <spdx:relationship><spdx:Relationship><spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_describes"/>
  <spdx:relatedSpdxElement><spdx:Package rdf:about="http://example.org/d#SPDXRef-root">
   <spdx:name>shop</spdx:name>
   <spdx:externalRef><spdx:ExternalRef><spdx:referenceType rdf:resource="http://spdx.org/rdf/references/purl"/><spdx:referenceLocator>pkg:npm/shop@1.0.0</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef>
   <spdx:relationship><spdx:Relationship><spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/><spdx:relatedSpdxElement rdf:resource="http://example.org/d#SPDXRef-a"/></spdx:Relationship></spdx:relationship>
  </spdx:Package></spdx:relatedSpdxElement></spdx:Relationship></spdx:relationship>
</spdx:SpdxDocument>
<spdx:Package rdf:about="http://example.org/d#SPDXRef-a"><spdx:versionInfo>1.2.3</spdx:versionInfo>
 <spdx:checksum><spdx:Checksum><spdx:algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_sha1"/><spdx:checksumValue>ab</spdx:checksumValue></spdx:Checksum></spdx:checksum>
 <spdx:licenseDeclared>MIT</spdx:licenseDeclared>
 <spdx:externalRef><spdx:ExternalRef><spdx:referenceLocator>pkg:npm/left</spdx:referenceLocator><spdx:referenceType rdf:resource="http://spdx.org/rdf/references/purl"/></spdx:ExternalRef></spdx:externalRef>
 <spdx:relationship><spdx:Relationship><spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/><spdx:relatedSpdxElement>
  <spdx:Package rdf:about="http://example.org/d#SPDXRef-b"><spdx:externalRef><spdx:ExternalRef><spdx:referenceType rdf:resource="http://spdx.org/rdf/references/purl"/><spdx:referenceLocator>pkg:npm/deep@3.1.0</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef></spdx:Package>
 </spdx:relatedSpdxElement></spdx:Relationship></spdx:relationship>
</spdx:Package>
</rdf:RDF>`
	spdx3SBOM = `{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
{"type": "software_Sbom", "spdxId": "urn:sbom", "rootElement": ["urn:root"]},
{"type": "software_Package", "spdxId": "urn:root", "software_packageUrl": "pkg:npm/shop@1.0.0"},
{"type": "software_Package", "spdxId": "urn:a", "software_packageVersion": "1.2.3", "software_packageUrl": "pkg:npm/left"},
{"type": "software_Package", "spdxId": "urn:b", "externalIdentifier": [{"externalIdentifierType": "packageUrl", "identifier": "pkg:npm/deep@3.1.0"}]},
{"type": "Relationship", "from": "urn:root", "relationshipType": "dependsOn", "to": ["urn:a"]},
{"type": "LifecycleScopedRelationship", "from": "urn:a", "relationshipType": "dependsOn", "to": ["urn:b"]}
]}`
	cycloneXMLSBOM = `<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">
 <metadata><component type="application" bom-ref="root"><name>shop</name><purl>pkg:npm/shop@1.0.0</purl></component></metadata>
 <components>
  <component type="library" bom-ref="a"><name>left</name><version>1.2.3</version><hashes><hash alg="SHA-1">ab</hash></hashes>
   <licenses><license><id>MIT</id></license></licenses><purl>pkg:npm/left</purl>
   <components><component bom-ref="b"><purl>pkg:npm/deep@3.1.0</purl></component></components>
  </component>
 </components>
 <dependencies><dependency ref="root"><dependency ref="a"/></dependency><dependency ref="a"><dependency ref="b"/></dependency></dependencies>
</bom>`
)

// Every format gives the same packages and the same graph. The separate version counts if the package URL has none.
func TestAnSBOMInEveryForm(t *testing.T) {
	t.Parallel()
	for path, c := range map[string]struct {
		text    string
		license string
		lines   [2]int
	}{
		"shop.spdx":           {tagSBOM, "MIT", [2]int{20, 24}},
		"shop.spdx.yaml":      {yamlSBOM, "MIT", [2]int{13, 17}},
		"out/shop.spdx.rdf":   {rdfSBOM, "MIT", [2]int{13, 15}},
		"shop.spdx.rdf.xml":   {rdfSBOM, "MIT", [2]int{13, 15}},
		"shop.spdx3.json":     {spdx3SBOM, "", [2]int{4, 5}},
		"manifest.spdx.json":  {spdx3SBOM, "", [2]int{4, 5}},
		"bom.xml":             {cycloneXMLSBOM, "MIT", [2]int{6, 7}},
		"sbom-cyclonedx.xml":  {cycloneXMLSBOM, "MIT", [2]int{6, 7}},
		"sbom.spdx.tag":       {tagSBOM, "MIT", [2]int{20, 24}},
		"shop-sbom.spdx.yml":  {yamlSBOM, "MIT", [2]int{13, 17}},
		"build/sbom-shop.yml": {yamlSBOM, "MIT", [2]int{13, 17}},
	} {
		files := map[string]string{path: c.text}
		packages := tree(t, files)
		require.Equal(t, path+":"+number(c.lines[0])+" left 1.2.3 direct\n"+path+":"+number(c.lines[1])+" deep 3.1.0 transitive via left\n", listed(packages), path)
		require.Equal(t, "pkg:npm/left\npkg:npm/deep@3.1.0\n", marked(files, packages), path)
		require.Equal(t, c.license, packages[0].License, path)
	}
}

func TestTheExportOfGitHubAndAttestationsContainAnSBOM(t *testing.T) {
	t.Parallel()
	require.Equal(t, `acme_shop_0123456789012345678901234567890123456789.json:1 left 1.2.3
app.spdx.json:1 left 1.2.3
sbom.json:1 right 2.0
`, listed(tree(t, map[string]string{
		"app.spdx.json": `{"sbom": {"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": "a", "versionInfo": "1.2.3", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/left@1.2.3"}]}]}}`,
		"acme_shop_0123456789012345678901234567890123456789.json": `{"sbom": {"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": "a", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/left@1.2.3"}]}]}}`,
		"sbom.json": `{"_type": "https://in-toto.io/Statement/v1", "predicate": {"bomFormat": "CycloneDX", "components": [{"purl": "pkg:pypi/right@2.0"}]}}`,
		"other_0123456789012345678901234567890123456789.json": `{"a": [1, 2]}`,
	})))
}

// These files are recognized by name, and then by content.
func TestNamesThatToolsGiveToSBOMs(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"sbom-cyclonedx.json", "app.cyclonedx.json", "cyclonedx-bom.json", "bom.json", "sbom-shop-1.2.json", "shop-sbom.json", "shop_sbom.json", "sbom_v2.json",
		"_manifest/spdx_2.2/manifest.spdx.json", "target/classes/META-INF/sbom/application.cdx.json", "bom.1.4.json", "gl-sbom-npm-npm.cdx.json", "SBOM.JSON", "spdx-sbom.json",
	} {
		require.Len(t, tree(t, map[string]string{path: `{"bomFormat": "CycloneDX", "components": [{"purl": "pkg:npm/left@1.2.3"}]}`}), 1, path)
		if path != "bom.json" {
			require.Empty(t, tree(t, map[string]string{path: `{"a": "b"}`}), path)
		}
	}
	for _, path := range []string{"sbom-notes.json", "bom.yaml", "sbom.txt", "spdx-list.xml"} {
		require.Empty(t, problems(t, map[string]string{path: "not an SBOM: {"}), path)
	}
}

func TestWhatAnSBOMContainsAndIsNotReadIsNamed(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"in a form that is not read, so that packages of an SBOM were not checked: b.spdx.json"},
		open(t, map[string]string{"b.spdx.json": `{"spdxVersion": "SPDX-4.0", "packages": []}`}))
	require.Equal(t, []string{"in a form that is not read, so that packages of an SBOM were not checked: b.spdx.xlsx"},
		open(t, map[string]string{"b.spdx.xlsx": "PK"}))
	require.Equal(t, []string{
		"2 packages of deb were not checked, because there are no advisories for such packages: bom.json (2)",
		"1 package of npm has no version here and was not checked: bom.json (1)",
	}, open(t, map[string]string{"bom.json": `{"bomFormat": "CycloneDX", "components": [{"purl": "pkg:deb/debian/bash@5"}, {"purl": "pkg:deb/debian/dash@1"}, {"purl": "pkg:npm/a@%5E1.0.0"}, {"purl": "pkg:npm/b@1.0.0"}]}`}))
	_, err := manifest.Read("shop.cdx.xml", []byte(cycloneXMLSBOM[:len(cycloneXMLSBOM)/2]))
	require.Error(t, err, "a truncated SBOM")
	_, err = manifest.Read("shop.spdx", []byte(tagSBOM[:400]))
	require.Error(t, err, "a text that is not closed")
}
