package sbom_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sbom"
)

// Packages without a version are not components, and the list is incomplete without them.
func TestAnSBOMSaysWhichPackagesHaveNoVersion(t *testing.T) {
	t.Parallel()
	r := without()
	r.Unversioned = []scan.Unversioned{{Of: "npm", Path: "package.json", Names: []string{"left"}, Reason: scan.UnversionedRange}}
	const words = "1 package of npm has no version here and was not checked: package.json (1)"
	var cyclonedx, spdx bytes.Buffer
	require.NoError(t, sbom.WriteCycloneDX(&cyclonedx, r, sbom.Options{}))
	require.Contains(t, cyclonedx.String(), `{"name":"sluice:not-checked","value":"`+words+`"}`)
	require.Contains(t, cyclonedx.String(), `"assemblies":["root"]`)
	require.NoError(t, sbom.WriteSPDX(&spdx, r, sbom.Options{}))
	require.Contains(t, spdx.String(), "Not checked: "+words+".")
}
