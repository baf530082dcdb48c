package server

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan/format"
)

// Bills makes bills of materials. It is called by many requests at once.
type Bills interface {
	// Bill gives what writes the dependencies of a branch in a format, CycloneDX or SPDX; store.ErrNotFound when there is no such
	// branch any more.
	Bill(ctx context.Context, r *catalog.Repository, branch string, name format.Name) (write func(w io.Writer) error, err error)
}

// billRoutes give bills of materials.
func (s *Server) billRoutes() []route {
	return []route{{
		method: http.MethodGet, path: "/sbom/projects/{projectKey}/repos/{repoSlug}", name: "getBill",
		needs: reader, scope: "export",
		summary: "Get the dependencies of a branch's head as an SBOM, with their known vulnerabilities.",
		query: []parameter{
			{"branch", "the name of the branch; the default branch when it is left out", false}, {"format", "cyclonedx (the default: CycloneDX 1.6) or spdx (SPDX 2.3)", false},
		},
		gives:  file(billTypes[format.CycloneDX], billTypes[format.SPDX]),
		handle: (*call).bill,
	}}
}

// billTypes are the media types of the formats.
var billTypes = map[format.Name]string{format.CycloneDX: "application/vnd.cyclonedx+json; version=1.6", format.SPDX: "application/spdx+json"}

func (c *call) bill() (*reply, error) {
	name := format.CycloneDX
	if text := c.query("format"); text != "" {
		name = format.Name(text)
	}
	kind, ok := billTypes[name]
	if !ok {
		return nil, badRequest("format: %q is neither cyclonedx nor spdx", shortened(string(name)))
	}
	b, err := c.branch("branch")
	if err != nil {
		return nil, err
	}
	if c.s.options.Bills == nil {
		return nil, &httpError{http.StatusServiceUnavailable, "this server makes no bills of materials", "ServiceUnavailableException"}
	}
	write, err := c.s.options.Bills.Bill(c.context(), c.repository, b.Name, name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, notFound("the branch %q is gone", b.Name)
	}
	if err != nil {
		return nil, err
	}
	extension := map[format.Name]string{format.CycloneDX: "cdx", format.SPDX: "spdx"}[name]
	return &reply{
		status: http.StatusOK, contentType: kind, stream: write, filename: "sluice-" + fileName(c.project.Key+"-"+c.repository.Slug+"-"+b.Name) + "." + extension + ".json",
	}, nil
}
