package operations

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
)

const (
	specPath    = "/rest/security/latest/openapi.json"
	browserPath = "/rest/security/latest/browser"
)

// Description describes the API itself, to anyone. Set Table last, because the routes of the description are in it.
type Description struct {
	// File is openapi.json without a version.
	File []byte
	// Table are all routes.
	Table             []api.Route
	Version, BasePath string
}

// openAPI gives the description, with this server's version and base path.
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

// Routes are its routes.
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
			Handle:  func(c *api.Call) (*api.Reply, error) { return html(c, browserPage(), s.browserRows()) },
		},
		{
			Method: http.MethodGet, Path: "/rest", Rooted: true, Name: "start",
			Needs:   access.Anyone,
			Summary: "Get a page with links to the pages about the API.",
			Gives:   api.ReturnsFile(api.HTMLType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return html(c, startPage(), struct{ Version, Base string }{s.Version, s.BasePath})
			},
		},
	}
}

type browserRow struct {
	Method, Path, Summary, Needs, Scope, Body string
	Query                                     []browserParameter
}

type browserParameter struct{ Name, Meaning string }

func (s *Description) browserRows() any {
	var rows []browserRow
	for i := range s.Table {
		r := &s.Table[i]
		row := browserRow{
			Method: r.Method, Path: s.BasePath + strings.ReplaceAll(r.Patterns()[0], "{$}", ""), Summary: r.Summary, Needs: r.Needs.String(), Scope: r.Scopes(), Body: r.Body,
		}
		for _, p := range r.Query {
			row.Query = append(row.Query, browserParameter{p.Name, p.Meaning})
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b browserRow) int { return strings.Compare(a.Path, b.Path) })
	return struct {
		Rows []browserRow
		Spec string
	}{rows, s.BasePath + specPath}
}

const pageStyle = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2330;background:#fff}
code{font:14px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}h2{margin:2rem 0 .2rem;font-size:1rem}dt{font-weight:600}dd{margin:0 0 .3rem 1.5rem}p{margin:.3rem 0}
@media(prefers-color-scheme:dark){body{color:#e3e7ee;background:#14181f}a{color:#8ab4f8}}`

const pageHead = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Sluice: the API</title><style>` + pageStyle + `</style></head><body><main>`

var (
	browserPage = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("browser").Parse(pageHead + `<h1>The API</h1><p>The same as <a href="{{.Spec}}">openapi.json</a>. What stands below <code>/rest/security/latest</code> is also below <code>/rest/security/1.0</code>.</p>
{{range .Rows}}<section><h2><code>{{.Method}} {{.Path}}</code></h2><p>{{.Summary}}</p><p>Needs {{.Needs}}{{with .Scope}}; of a token, the scope <code>{{.}}</code>{{end}}.</p>{{with .Body}}<p>Body: {{.}}</p>{{end}}
{{with .Query}}<dl>{{range .}}<dt><code>{{.Name}}</code></dt><dd>{{.Meaning}}</dd>{{end}}</dl>{{end}}</section>
{{end}}</main></body></html>
`))
	})
	startPage = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("start").Parse(pageHead + `<h1>Sluice {{.Version}}</h1><p>Security scans of the repositories of a whole Bitbucket.</p>
<ul><li><a href="{{.Base}}/">The dashboard</a></li><li><a href="{{.Base}}/rest/security/latest/browser">The API as a page</a></li><li><a href="{{.Base}}/rest/security/latest/openapi.json">The API as OpenAPI</a></li><li><a href="{{.Base}}/healthz">Health</a></li></ul></main></body></html>
`))
	})
	// pagePolicy lets a page have its own style and nothing else.
	pagePolicy = func() string {
		sum := sha256.Sum256([]byte(pageStyle))
		return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	}()
)

// html answers with a page.
func html(c *api.Call, page *template.Template, data any) (*api.Reply, error) {
	c.Header().Set("Content-Security-Policy", pagePolicy)
	c.Header().Set("Referrer-Policy", "no-referrer")
	return api.Stream(api.HTMLType, func(w io.Writer) error { return page.Execute(w, data) }), nil
}
