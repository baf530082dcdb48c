package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCycloneDX(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{"out/shop.cdx.json": `{
  "components": [
    { "bom-ref": "a", "type": "library", "name": "left", "purl": "pkg:npm/left@1.2.3",
      "licenses": [{ "license": { "id": "MIT" } }], "hashes": [{ "alg": "SHA-256", "content": "AB" }],
      "components": [ { "bom-ref": "b", "purl": "pkg:npm/%40scope/deep@3.1.0" } ] },
    { "bom-ref": "c", "purl": "pkg:maven/org.acme/web@2.0?type=jar", "licenses": [{ "expression": "MIT OR Apache-2.0" }] },
    { "bom-ref": "d", "purl": "pkg:npm/tool@1.0.0", "properties": [{ "name": "cdx:npm:package:development", "value": "true" }] },
    { "bom-ref": "e", "purl": "pkg:deb/debian/bash@5" },
    { "type": "file", "name": "x" }
  ],
  "metadata": { "component": { "bom-ref": "root", "name": "shop", "purl": "pkg:npm/shop@1.0.0" } },
  "dependencies": [ { "ref": "root", "dependsOn": ["a", "d"] }, { "ref": "a", "dependsOn": ["b"] }, { "ref": "b" } ],
  "bomFormat": "CycloneDX", "specVersion": "1.5"
}`})
	require.Equal(t, `out/shop.cdx.json:3 left 1.2.3 direct
out/shop.cdx.json:5 @scope/deep 3.1.0 transitive via left
out/shop.cdx.json:6 org.acme:web 2.0 transitive
out/shop.cdx.json:7 tool 1.0.0 direct dev
`, listed(packages))
	require.Equal(t, "MIT", packages[0].License)
	require.Equal(t, "sha256:ab", packages[0].Hash)
	require.Equal(t, "MIT OR Apache-2.0", packages[2].License)
	require.Equal(t, len("pkg:npm/left@1.2.3"), packages[0].End-packages[0].Start)
}

func TestSPDX(t *testing.T) {
	t.Parallel()
	packages := tree(t, map[string]string{
		"shop.spdx.json": `{
  "spdxVersion": "SPDX-2.3",
  "packages": [
    { "SPDXID": "SPDXRef-root", "externalRefs": [{ "referenceType": "purl", "referenceLocator": "pkg:npm/shop@1.0.0" }] },
    { "SPDXID": "SPDXRef-a", "licenseConcluded": "NOASSERTION", "licenseDeclared": "MIT",
      "checksums": [{ "algorithm": "SHA1", "checksumValue": "ab" }],
      "externalRefs": [{ "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a" },
        { "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/left@1.2.3" }] },
    { "SPDXID": "SPDXRef-b", "externalRefs": [{ "referenceType": "http://spdx.org/rdf/references/purl", "referenceLocator": "pkg:npm/deep@3.1.0" }] },
    { "SPDXID": "SPDXRef-c", "externalRefs": [{ "referenceType": "purl", "referenceLocator": "pkg:npm/tool@1.0.0" }] }
  ],
  "relationships": [
    { "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-root" },
    { "spdxElementId": "SPDXRef-root", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-a" },
    { "spdxElementId": "SPDXRef-b", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-a" },
    { "spdxElementId": "SPDXRef-c", "relationshipType": "DEV_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-root" }
  ]
}`,
		"flat/bom.spdx.json": `{"spdxVersion": "SPDX-2.2", "documentDescribes": ["a"], "packages": [{"SPDXID": "a", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:pypi/x@1"}]}]}`,
	})
	require.Equal(t, `flat/bom.spdx.json:1 x 1
shop.spdx.json:8 left 1.2.3 direct
shop.spdx.json:9 deep 3.1.0 transitive via left
shop.spdx.json:10 tool 1.0.0 direct dev
`, listed(packages))
	require.Equal(t, "MIT", packages[1].License)
	require.Equal(t, "sha1:ab", packages[1].Hash)
}

// Other files with such names are ignored.
func TestAnSBOMSaysThatItIsOne(t *testing.T) {
	t.Parallel()
	require.Empty(t, tree(t, map[string]string{
		"bom.json":     `{"components": [{"purl": "pkg:npm/left@1.2.3"}]}`,
		"a.cdx.json":   `["pkg:npm/left@1.2.3"]`,
		"b.spdx.json":  `{"spdxVersion": "SPDX-3.0", "packages": []}`,
		"c/sbom.json":  `{"bomFormat": 5}`,
		"d.sbom.json":  `null`,
		"e/a.bom.json": `{"bomFormat": "Other"}`,
	}))
}
