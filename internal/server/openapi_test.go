package server

import (
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// describe describes a table of routes as OpenAPI 3.0.3, which generators of clients read: https://spec.openapis.org/oas/v3.0.3. Of the
// two roots of the security API it describes "latest"; all routes are the same below "1.0".
func describe(table []route) *openapi3.T {
	schemas := newSchemas()
	failures := openapi3.ResponseBodies{}
	for _, f := range describedFailures {
		failures[f.name] = &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription(f.text).WithJSONSchemaRef(schemas.of(errorBody{}))}
	}
	paths := openapi3.NewPaths()
	for i := range table {
		r := &table[i]
		pattern := r.patterns()[0]
		if strings.HasPrefix(pattern, prefixes[1]) {
			continue
		}
		path := strings.ReplaceAll(pattern, "{$}", "")
		item := paths.Value(path)
		if item == nil {
			item = &openapi3.PathItem{}
			paths.Set(path, item)
		}
		item.SetOperation(r.method, r.operation(pattern, schemas))
	}
	basic := openapi3.NewSecurityScheme().WithType("http").WithScheme("basic").WithDescription("An account with its password or an API token.")
	bearer := openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer").WithDescription("An API token.")
	return &openapi3.T{
		OpenAPI: "3.0.3",
		Info: &openapi3.Info{
			Title: "Sluice", Version: "0",
			Description: "Security scans of the repositories of a whole Bitbucket. Lists are pages in Bitbucket's form, errors have Bitbucket's form, and times are ISO 8601 in UTC.",
		},
		Paths: paths,
		Components: &openapi3.Components{
			Schemas:         schemas.list,
			Responses:       failures,
			SecuritySchemes: openapi3.SecuritySchemes{"basic": {Value: basic}, "bearer": {Value: bearer}},
		},
	}
}

// describedFailures are the answers that are no success. A route for anyone has the first one only.
var describedFailures = [...]struct{ status, name, text string }{
	{"4XX", "Invalid", "The request is invalid."},
	{"401", "Unauthorized", "The credentials are missing or wrong."},
	{"403", "Forbidden", "The caller or the scope of the token does not permit this."},
	{"404", "NotFound", "It does not exist, or the caller may not read it."},
	{"429", "TooManyCalls", "Too many calls. Retry-After says how long to wait."},
}

// operation describes a route at one of its patterns.
func (r *route) operation(pattern string, schemas *schemas) *openapi3.Operation {
	text := func() *openapi3.Schema { return openapi3.NewStringSchema() }
	o := &openapi3.Operation{OperationID: r.name, Summary: r.summary, Responses: openapi3.NewResponsesWithCapacity(8)}
	for _, name := range pathNames(pattern) {
		o.AddParameter(openapi3.NewPathParameter(name).WithSchema(text()))
	}
	for _, p := range r.query {
		o.AddParameter(openapi3.NewQueryParameter(p.name).WithRequired(p.required).WithDescription(p.meaning).WithSchema(text()))
	}
	if r.takes != nil {
		o.RequestBody = &openapi3.RequestBodyRef{Value: r.request(schemas)}
	}
	o.AddResponse(r.gives.status, r.gives.response(schemas))
	for _, f := range describedFailures {
		if f.status == "4XX" || r.needs != anyone {
			o.Responses.Set(f.status, &openapi3.ResponseRef{Ref: "#/components/responses/" + f.name})
		}
	}
	if r.needs == anyone {
		o.Security = openapi3.NewSecurityRequirements()
		return o
	}
	o.Security = &openapi3.SecurityRequirements{{"basic": {}}, {"bearer": {}}}
	o.Extensions = map[string]any{"x-token-scope": r.scopes(), "x-permission": r.permission()}
	return o
}

// request describes the body of a request.
func (r *route) request(schemas *schemas) *openapi3.RequestBody {
	body := openapi3.NewRequestBody().WithDescription(r.body)
	if _, is := r.takes.(upload); is {
		form := openapi3.NewObjectSchema().WithProperty("file", openapi3.NewStringSchema().WithFormat("binary")).WithRequired([]string{"file"})
		return body.WithRequired(true).WithFormDataSchema(form)
	}
	return body.WithJSONSchemaRef(schemas.of(r.takes))
}

// response describes a successful answer.
func (a *answer) response(schemas *schemas) *openapi3.Response {
	response := openapi3.NewResponse().WithDescription(http.StatusText(a.status))
	if a.body != nil {
		schema := schemas.of(a.body)
		if a.paged {
			schema = schemas.page(schema)
		}
		return response.WithJSONSchemaRef(schema)
	}
	if len(a.types) > 0 {
		response.Content = openapi3.Content{}
		for _, kind := range a.types {
			response.Content[kind] = openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema().WithFormat("binary"))
		}
	}
	return response
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
