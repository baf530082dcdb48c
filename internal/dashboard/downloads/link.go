package downloads

import (
	"net/url"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/scan/format"
)

// OfEverything are the files about the instance; their texts follow the word "Export". Ask for the permission first, here and below.
func (s *Pages) OfEverything(v *page.Visit) []page.Link {
	return []page.Link{{Text: "findings as CSV in a ZIP", Path: v.Core.BasePath + report}}
}

// OfProject are the files about a project.
func (s *Pages) OfProject(v *page.Visit, key string) []page.Link {
	return []page.Link{{Text: "findings as CSV", Path: v.ToProject(key) + report}}
}

// OfRepository are the files about a repository.
func (s *Pages) OfRepository(v *page.Visit, key, slug string) []page.Link {
	return []page.Link{{Text: "findings as CSV", Path: v.ToRepository(key, slug) + report}}
}

// FindingsOf is the file with the findings of a branch of the repository of the visit. Nil without a result, or if the caller may
// not have it.
func (s *Pages) FindingsOf(v *page.Visit, branch string, scanned bool) []page.Link {
	if !scanned || !v.Can(access.Scanner) {
		return nil
	}
	return []page.Link{{Text: "findings as CSV", Path: v.ToRepository(v.Repository.ProjectKey, v.Repository.Slug) + report + "?branch=" + url.QueryEscape(branch)}}
}

// OfBranch are all files about a branch of the repository of the visit, as far as the caller may have them.
func (s *Pages) OfBranch(v *page.Visit, branch string, scanned bool) []page.Link {
	list := s.FindingsOf(v, branch, scanned)
	if s.SBOMs != nil {
		path, of := v.ToRepository(v.Repository.ProjectKey, v.Repository.Slug), "?branch="+url.QueryEscape(branch)
		list = append(list, page.Link{Text: "SBOM as CycloneDX", Path: path + "/sbom" + of}, page.Link{Text: "SBOM as SPDX", Path: path + "/sbom" + of + "&format=" + string(format.SPDX)})
	}
	return list
}
