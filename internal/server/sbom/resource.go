// Package sbom answers which dependencies a branch has, as a bill of materials.
package sbom

import (
	"context"
	"io"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/scan/format"
)

// Bills makes bills of materials. It is called by many requests at once.
type Bills interface {
	// Bill gives a function that writes the dependencies of a branch in a format, CycloneDX or SPDX; db.ErrNotFound when the branch is gone.
	Bill(ctx context.Context, r *catalog.Repository, branch string, name format.Name) (write func(w io.Writer) error, err error)
}

// Resource answers the routes of bills of materials.
type Resource struct {
	// Bills may be nil; then there are none.
	Bills Bills
}
