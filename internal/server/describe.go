package server

import (
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan/webpage"
)

const (
	specPath    = "/rest/security/latest/openapi.json"
	browserPath = "/rest/security/latest/browser"
)

// describeRoutes describe the API itself, out of the table of routes. They hold nothing of anybody's.
func (s *Server) describeRoutes() []route {
	spec := func(*call) (*reply, error) { return ok(s.spec()) }
	return []route{
		{method: http.MethodGet, path: specPath, needs: anyone, summary: "This description.", handle: spec},
		{method: http.MethodGet, path: "/rest/security/1.0/openapi.json", needs: anyone, summary: "This description.", handle: spec},
		{
			method: http.MethodGet, path: browserPath, needs: anyone, summary: "This description as a page.",
			handle: func(c *call) (*reply, error) { return c.html(browserPage(), s.browserRows()) },
		},
		{
			method: http.MethodGet, path: "/{$}", needs: anyone, summary: "A page that says where things are.",
			handle: func(c *call) (*reply, error) { return c.html(startPage(), s.options.Version) },
		},
	}
}

type object = map[string]any

// spec describes all routes as OpenAPI 3.1.
func (s *Server) spec() object {
	paths := object{}
	for _, r := range s.table {
		for _, pattern := range r.patterns() {
			path := s.options.BasePath + strings.ReplaceAll(pattern, "{$}", "")
			item, _ := paths[path].(object)
			if item == nil {
				item = object{}
				paths[path] = item
			}
			item[strings.ToLower(r.method)] = r.operation(pattern)
		}
	}
	message := object{"type": "object", "properties": object{
		"context": object{"type": []string{"string", "null"}}, "message": object{"type": "string"}, "exceptionName": object{"type": "string"},
	}}
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": "Sluice", "version": s.options.Version, "description": "Security scans of the repositories of a whole Bitbucket. Lists are pages of Bitbucket's form, errors have Bitbucket's form, times are ISO 8601 in UTC."},
		"paths":   paths,
		"components": object{
			"securitySchemes": object{
				"basic": object{"type": "http", "scheme": "basic", "description": "A user with a password or an API token."}, "bearer": object{"type": "http", "scheme": "bearer", "description": "An API token."},
			},
			"schemas": object{"Errors": object{"type": "object", "required": []string{"errors"}, "properties": object{"errors": object{"type": "array", "items": message}}}},
		},
	}
}

// operation describes a route at one of its patterns.
func (r *route) operation(pattern string) object {
	parameters := []object{}
	for _, name := range pathNames(pattern) {
		parameters = append(parameters, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, p := range r.query {
		parameters = append(parameters, object{"name": p.name, "in": "query", "required": p.required, "description": p.meaning, "schema": object{"type": "string"}})
	}
	failure := func(text string) object {
		return object{"description": text, "content": object{"application/json": object{"schema": object{"$ref": "#/components/schemas/Errors"}}}}
	}
	responses := object{"2XX": object{"description": "Done."}, "4XX": failure("The request cannot be served as it is.")}
	o := object{"operationId": operationID(r.method, pattern), "summary": r.summary, "parameters": parameters, "responses": responses}
	if r.body != "" {
		kind := "application/json"
		if strings.Contains(r.body, "multipart") {
			kind = "multipart/form-data"
		}
		o["requestBody"] = object{"description": r.body, "content": object{kind: object{"schema": object{"type": "object"}}}}
	}
	if r.needs == anyone {
		o["security"] = []object{}
		return o
	}
	o["security"] = []object{{"basic": []string{}}, {"bearer": []string{}}}
	o["x-token-scope"], o["x-permission"] = r.scopes(), r.permission()
	responses["401"] = failure("The credentials are missing or wrong.")
	responses["403"] = failure("The caller, or the scope of the token, may not do this.")
	responses["404"] = failure("It is not there, or the caller may not read it.")
	responses["429"] = failure("Too many calls: Retry-After says how long to wait.")
	return o
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

// pathNames are the names of a pattern's variables.
func pathNames(pattern string) (names []string) {
	for part := range strings.SplitSeq(pattern, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && part != "{$}" {
			names = append(names, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	return names
}

// operationID makes a name out of a method and a pattern, another one for each.
func operationID(method, pattern string) string {
	return strings.ToLower(method) + strings.NewReplacer("/", "_", "{", "", "}", "", "$", "start", ".", "_", "-", "_", ":", "_").Replace(pattern)
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
	apiPage = webpage.New(pageStyle, "")
)

// html answers with a page.
func (c *call) html(page *template.Template, data any) (*reply, error) {
	apiPage.Headers(c.w.Header().Set)
	return &reply{status: http.StatusOK, contentType: "text/html; charset=utf-8", stream: func(w io.Writer) error { return page.Execute(w, data) }}, nil
}
