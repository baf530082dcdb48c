package operations

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
)

const (
	specPath    = "/rest/security/latest/openapi.json"
	browserPath = "/rest/security/latest/browser"
)

// Description serves the description of the API, to anyone. Set Table last, because it includes the routes of the
// description.
type Description struct {
	// File is openapi.json without a version.
	File []byte
	// Table has all routes.
	Table             []api.Route
	Version, BasePath string
}

// openAPI returns the description, with this server's version and base path.
func (s *Description) openAPI() (map[string]any, error) {
	var doc map[string]any
	if err := json.Unmarshal(s.File, &doc); err != nil {
		return nil, err
	}
	if info, is := doc["info"].(map[string]any); is {
		info["version"] = s.Version
	}
	doc["servers"] = []any{map[string]any{"url": cmp.Or(s.BasePath, "/")}}
	return doc, nil
}

// Routes returns the routes of the resource.
func (s *Description) Routes() []api.Route {
	spec := func(*api.Call) (*api.Reply, error) {
		doc, err := s.openAPI()
		if err != nil {
			return nil, err
		}
		return api.OK(doc)
	}
	return []api.Route{
		{
			Method: http.MethodGet, Path: specPath, Rooted: true, Name: "getDescription",
			Needs:   access.Anyone,
			Summary: "Get this description.",
			Gives:   api.Returns(map[string]any{}),
			Handle:  spec,
		},
		{
			Method: http.MethodGet, Path: "/rest/security/1.0/openapi.json", Rooted: true, Name: "getDescription10",
			Needs:   access.Anyone,
			Summary: "Get this description.",
			Gives:   api.Returns(map[string]any{}),
			Handle:  spec,
		},
		{
			Method: http.MethodGet, Path: browserPath, Rooted: true, Name: "browse",
			Needs:   access.Anyone,
			Summary: "Read this description as a page.",
			Gives:   api.ReturnsFile(api.HTMLType),
			Handle:  func(c *api.Call) (*api.Reply, error) { return html(c, "browser.html.tmpl", s.browserRows()) },
		},
		{
			Method: http.MethodGet, Path: "/rest", Rooted: true, Name: "start",
			Needs:   access.Anyone,
			Summary: "Get a page with links to the pages about the API.",
			Gives:   api.ReturnsFile(api.HTMLType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return html(c, "start.html.tmpl", startPage{page(), s.Version, s.BasePath})
			},
		},
	}
}
