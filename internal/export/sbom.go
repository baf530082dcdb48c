package export

import (
	"context"
	"io"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/scan/format"
)

// SBOMs makes SBOMs. It must be safe for concurrent use.
type SBOMs interface {
	// SBOM returns a function that writes the dependencies of a branch in a format, CycloneDX or SPDX; db.ErrNotFound if
	// the branch was deleted.
	SBOM(ctx context.Context, r *catalog.Repository, branch string, name format.Name) (write func(w io.Writer) error, err error)
}

// SBOMTypes are the media types of the formats.
var SBOMTypes = map[format.Name]string{format.CycloneDX: "application/vnd.cyclonedx+json; version=1.6", format.SPDX: "application/spdx+json"}

var sbomExtensions = map[format.Name]string{format.CycloneDX: ".cdx.json", format.SPDX: ".spdx.json"}

// SBOMName is the name of the file with the SBOM of a branch.
func SBOMName(r *catalog.Repository, branch string, name format.Name) string {
	return "sluice-" + FileName(BranchName(r, branch)) + sbomExtensions[name]
}

// CSVName is the name of a file with the findings of something.
func CSVName(of string) string { return "sluice-" + FileName(of) + ".csv" }

// BranchName names a branch in the names of files.
func BranchName(r *catalog.Repository, branch string) string {
	return r.ProjectKey + "-" + r.Slug + "-" + branch
}
