package server

import (
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
)

// describe describes a table of routes as OpenAPI 3.0.3, which client generators read:
// https://spec.openapis.org/oas/v3.0.3. Of the two roots of the security API it describes "latest"; all routes are the
// same below "1.0".
func describe(table []api.Route) *openapi3.T {
	schemas := newSchemas()
	failures := openapi3.ResponseBodies{}
	for _, f := range describedFailures {
		failures[f.name] = &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription(f.text).WithJSONSchemaRef(schemas.of(api.ErrorBody{}))}
	}
	paths := openapi3.NewPaths()
	for i := range table {
		r := &table[i]
		pattern := r.Patterns()[0]
		if strings.HasPrefix(pattern, api.Roots[1]) {
			continue
		}
		path := strings.ReplaceAll(pattern, "{$}", "")
		item := paths.Value(path)
		if item == nil {
			item = &openapi3.PathItem{}
			paths.Set(path, item)
		}
		item.SetOperation(r.Method, operation(r, pattern, schemas))
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

// describedFailures are the unsuccessful answers. A route for anyone has only the first one.
var describedFailures = [...]struct{ status, name, text string }{
	{"4XX", "Invalid", "The request is invalid."},
	{"401", "Unauthorized", "The credentials are missing or wrong."},
	{"403", "Forbidden", "The caller or the scope of the token does not permit this."},
	{"404", "NotFound", "It does not exist, or the caller may not read it."},
	{"429", "TooManyCalls", "Too many calls. Retry-After says how long to wait."},
}

// operation describes a route at one of its patterns.
func operation(r *api.Route, pattern string, schemas *schemas) *openapi3.Operation {
	text := func() *openapi3.Schema { return openapi3.NewStringSchema() }
	o := &openapi3.Operation{OperationID: r.Name, Summary: r.Summary, Responses: openapi3.NewResponsesWithCapacity(8)}
	for _, name := range pathNames(pattern) {
		o.AddParameter(openapi3.NewPathParameter(name).WithSchema(text()))
	}
	for _, p := range r.Query {
		o.AddParameter(openapi3.NewQueryParameter(p.Name).WithRequired(p.Required).WithDescription(p.Meaning).WithSchema(text()))
	}
	if r.Takes != nil {
		o.RequestBody = &openapi3.RequestBodyRef{Value: request(r, schemas)}
	}
	o.AddResponse(r.Gives.Status, response(&r.Gives, schemas))
	for _, f := range describedFailures {
		if f.status == "4XX" || r.Needs != access.Anyone {
			o.Responses.Set(f.status, &openapi3.ResponseRef{Ref: "#/components/responses/" + f.name})
		}
	}
	if r.Needs == access.Anyone {
		o.Security = openapi3.NewSecurityRequirements()
		return o
	}
	o.Security = &openapi3.SecurityRequirements{{"basic": {}}, {"bearer": {}}}
	o.Extensions = map[string]any{"x-token-scope": r.Scopes(), "x-permission": r.Needs.String()}
	return o
}

// request describes the body of a request.
func request(r *api.Route, schemas *schemas) *openapi3.RequestBody {
	body := openapi3.NewRequestBody().WithDescription(r.Body)
	if _, is := r.Takes.(api.Upload); is {
		form := openapi3.NewObjectSchema().WithProperty("file", openapi3.NewStringSchema().WithFormat("binary")).WithRequired([]string{"file"})
		return body.WithRequired(true).WithFormDataSchema(form)
	}
	return body.WithJSONSchemaRef(schemas.of(r.Takes))
}

// response describes a successful answer.
func response(a *api.Answer, schemas *schemas) *openapi3.Response {
	response := openapi3.NewResponse().WithDescription(http.StatusText(a.Status))
	if a.Body != nil {
		schema := schemas.of(a.Body)
		if a.Paged {
			schema = schemas.page(schema)
		}
		return response.WithJSONSchemaRef(schema)
	}
	if len(a.Types) > 0 {
		response.Content = openapi3.Content{}
		for _, kind := range a.Types {
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
