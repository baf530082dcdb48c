package downloads

import (
	"errors"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan/format"
)

// sbom is a file with the dependencies of a branch.
func (s *Pages) sbom(v *page.Visit) error {
	q := v.Request.URL.Query()
	name := format.Name(q.Get("format"))
	if name == "" {
		name = format.CycloneDX
	}
	kind, ok := export.SBOMTypes[name]
	if !ok || s.SBOMs == nil {
		return page.NotFound("This server makes no such file.")
	}
	b, err := s.Catalog.Branch(v.Ctx(), v.Repository.ID, q.Get("branch"))
	if err != nil {
		return err
	}
	write, err := s.SBOMs.SBOM(v.Ctx(), v.Repository, b.Name, name)
	if errors.Is(err, db.ErrNotFound) {
		return page.NotFound("The branch was deleted.")
	}
	if err != nil {
		return err
	}
	return v.Download(kind, export.SBOMName(v.Repository, b.Name, name), write)
}
