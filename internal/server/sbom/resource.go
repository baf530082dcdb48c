// Package sbom serves the dependencies of a branch as an SBOM.
package sbom

import (
	"github.com/sluice-scan/sluice/internal/export"
)

// Resource serves the routes of SBOMs.
type Resource struct {
	// SBOMs may be nil; then the server makes none.
	SBOMs export.SBOMs
}
