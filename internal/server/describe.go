package server

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
)

const (
	specPath    = "/rest/security/latest/openapi.json"
	browserPath = "/rest/security/latest/browser"
)

// descriptionFile is the description of the API. A test writes it from the table of routes and the Go types of their bodies
// (make golden), and holds it to them.
//
//go:embed openapi.json
var descriptionFile []byte

// openAPI gives the description, with this server's version and base path.
func (s *Server) openAPI() (map[string]any, error) {
	var doc map[string]any
	if err := json.Unmarshal(descriptionFile, &doc); err != nil {
		return nil, err
	}
	if info, is := doc["info"].(map[string]any); is {
		info["version"] = s.options.Version
	}
	doc["servers"] = []any{map[string]any{"url": cmp.Or(s.options.BasePath, "/")}}
	return doc, nil
}

// describeRoutes describe the API itself, out of the table of routes. They hold nothing of anybody's.
func (s *Server) describeRoutes() []route {
	spec := func(*call) (*reply, error) {
		doc, err := s.openAPI()
		if err != nil {
			return nil, err
		}
		return ok(doc)
	}
	return []route{
		{
			method: http.MethodGet, path: specPath, name: "getDescription",
			needs:   anyone,
			summary: "Get this description.",
			gives:   returns(map[string]any{}),
			handle:  spec,
		},
		{
			method: http.MethodGet, path: "/rest/security/1.0/openapi.json", name: "getDescription10",
			needs:   anyone,
			summary: "Get this description.",
			gives:   returns(map[string]any{}),
			handle:  spec,
		},
		{
			method: http.MethodGet, path: browserPath, name: "browse",
			needs:   anyone,
			summary: "Read this description as a page.",
			gives:   file(htmlType),
			handle:  func(c *call) (*reply, error) { return c.html(browserPage(), s.browserRows()) },
		},
		{
			method: http.MethodGet, path: "/{$}", name: "start",
			needs:   anyone,
			summary: "Get a page with links to the other pages.",
			gives:   file(htmlType),
			handle:  func(c *call) (*reply, error) { return c.html(startPage(), s.options.Version) },
		},
	}
}

// scopes are what a token needs.
func (r *route) scopes() string {
	if r.reveals {
		return r.scope + " " + plaintextScope
	}
	return r.scope
}

// permission says in words whom a route is for.
func (r *route) permission() string {
	if words, named := needsWords[r.needs]; named {
		return words
	}
	return "a permission that nobody has"
}

type browserRow struct {
	Method, Path, Summary, Needs, Scope, Body string
	Query                                     []browserParameter
}

type browserParameter struct{ Name, Meaning string }

func (s *Server) browserRows() any {
	var rows []browserRow
	for _, r := range s.table {
		row := browserRow{Method: r.method, Path: s.options.BasePath + strings.ReplaceAll(r.patterns()[0], "{$}", ""), Summary: r.summary, Needs: r.permission(), Scope: r.scopes(), Body: r.body}
		for _, p := range r.query {
			row.Query = append(row.Query, browserParameter{p.name, p.meaning})
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b browserRow) int { return strings.Compare(a.Path, b.Path) })
	return struct {
		Rows []browserRow
		Spec string
	}{rows, s.options.BasePath + specPath}
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
		return template.Must(template.New("start").Parse(pageHead + `<h1>Sluice {{.}}</h1><p>Security scans of the repositories of a whole Bitbucket.</p>
<ul><li><a href="rest/security/latest/browser">The API as a page</a></li><li><a href="rest/security/latest/openapi.json">The API as OpenAPI</a></li><li><a href="healthz">Health</a></li></ul></main></body></html>
`))
	})
	// pagePolicy lets a page have its own style and nothing else.
	pagePolicy = func() string {
		sum := sha256.Sum256([]byte(pageStyle))
		return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	}()
)

// html answers with a page.
func (c *call) html(page *template.Template, data any) (*reply, error) {
	c.w.Header().Set("Content-Security-Policy", pagePolicy)
	c.w.Header().Set("Referrer-Policy", "no-referrer")
	return &reply{status: http.StatusOK, contentType: htmlType, stream: func(w io.Writer) error { return page.Execute(w, data) }}, nil
}
