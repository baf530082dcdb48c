// Package sbom serves the dependencies of a branch as an SBOM.
package sbom

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

// Resource serves the routes of SBOMs.
type Resource struct {
	// SBOMs may be nil; then the server makes none.
	SBOMs SBOMs
}
