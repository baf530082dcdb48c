package sbom

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan/format"
)

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	return []api.Route{{
		Method: http.MethodGet, Path: "/sbom/projects/{projectKey}/repos/{repoSlug}", Name: "getSBOM",
		Needs: access.Reader, Scope: "export",
		Summary: "Get the dependencies of a branch's head as an SBOM, with their known vulnerabilities.",
		Query: []api.Parameter{
			api.Optional("branch", "the name of the branch; default: the default branch"), api.Optional("format", "cyclonedx (the default: CycloneDX 1.6) or spdx (SPDX 2.3)"),
		},
		Gives:  api.ReturnsFile(sbomTypes[format.CycloneDX], sbomTypes[format.SPDX]),
		Handle: s.sbom,
	}}
}

// sbomTypes are the media types of the formats.
var sbomTypes = map[format.Name]string{format.CycloneDX: "application/vnd.cyclonedx+json; version=1.6", format.SPDX: "application/spdx+json"}

func (s *Resource) sbom(c *api.Call) (*api.Reply, error) {
	name := format.CycloneDX
	if text := c.Query("format"); text != "" {
		name = format.Name(text)
	}
	kind, ok := sbomTypes[name]
	if !ok {
		return nil, api.BadRequest("format: %q is neither cyclonedx nor spdx", access.Shortened(string(name)))
	}
	b, err := c.Branch("branch")
	if err != nil {
		return nil, err
	}
	if s.SBOMs == nil {
		return nil, api.Unavailable("this server makes no SBOMs")
	}
	write, err := s.SBOMs.SBOM(c.Context(), c.Repository, b.Name, name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, api.NotFound("the branch %q was deleted", b.Name)
	}
	if err != nil {
		return nil, err
	}
	extension := map[format.Name]string{format.CycloneDX: "cdx", format.SPDX: "spdx"}[name]
	return &api.Reply{
		Status: http.StatusOK, ContentType: kind, Stream: write, Filename: "sluice-" + api.FileName(c.Project.Key+"-"+c.Repository.Slug+"-"+b.Name) + "." + extension + ".json",
	}, nil
}
