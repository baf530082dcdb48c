package server_test

import (
	"encoding/json"
	"flag"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
)

var update = flag.Bool("update", false, "write openapi.json again")

// description is the description of the API. Objects in it allow no further fields.
var description = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.json")
	if err != nil {
		return nil, err
	}
	none := false
	for _, schema := range doc.Components.Schemas {
		if len(schema.Value.Properties) > 0 {
			schema.Value.AdditionalProperties = openapi3.BoolSchema{Has: &none}
		}
	}
	return doc, nil
})

// operationAt finds the operation of a call: its path is the pattern with the fewest variables.
func operationAt(doc *openapi3.T, method, path string) *openapi3.Operation {
	var best *openapi3.Operation
	least := len(path)
	for pattern, item := range doc.Paths.Map() {
		operation := item.GetOperation(method)
		if operation == nil {
			continue
		}
		if n, fits := variables(pattern, path); fits && n < least {
			best, least = operation, n
		}
	}
	return best
}

// variables counts the variables of a pattern if a path matches it.
func variables(pattern, path string) (n int, fits bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return 0, false
	}
	for i := range want {
		switch {
		case strings.HasPrefix(want[i], "{"):
			n++
		case want[i] != have[i]:
			return 0, false
		}
	}
	return n, true
}

// checkDescribed compares an answer with the description of its call. Every call of every test comes through here.
func checkDescribed(t *testing.T, r *http.Request, a answer) {
	t.Helper()
	doc, err := description()
	require.NoError(t, err)
	path := strings.TrimSuffix(strings.Replace(r.URL.EscapedPath(), "/rest/security/1.0/", "/rest/security/latest/", 1), "/")
	operation := operationAt(doc, r.Method, path)
	if operation == nil || a.status == http.StatusNotModified {
		return
	}
	response := operation.Responses.Status(a.status)
	if response == nil && a.status >= 400 && a.status < 500 {
		response = operation.Responses.Value("4XX")
	}
	if response == nil {
		require.GreaterOrEqual(t, a.status, 500, "%s %s answers %d, which is not described: %s", r.Method, path, a.status, a.text)
		return
	}
	kind := a.header.Get("Content-Type")
	if len(response.Value.Content) == 0 {
		require.Empty(t, a.text, "%s %s has a body that is not described", r.Method, path)
		return
	}
	media := response.Value.Content[kind]
	if media == nil {
		base, _, err := mime.ParseMediaType(kind)
		require.NoError(t, err, "%s %s %d: %s", r.Method, path, a.status, a.text)
		media = response.Value.Content[base]
	}
	require.NotNil(t, media, "%s %s answers with %s, which is not described", r.Method, path, kind)
	if media.Schema == nil || media.Schema.Value.Format == "binary" || a.text == "" {
		return
	}
	var body any
	require.NoError(t, json.Unmarshal([]byte(a.text), &body), a.text)
	require.NoError(t, media.Schema.Value.VisitJSON(body), "%s %s: the answer does not match its description: %s", r.Method, path, a.text)
}

func TestTheDescriptionIsThatOfTheRoutes(t *testing.T) {
	t.Parallel()
	s, err := server.New(&store.Store{}, server.Options{})
	require.NoError(t, err)
	want, err := json.MarshalIndent(s.TestOpenAPI(), "", "  ")
	require.NoError(t, err)
	want = append(want, '\n')
	if *update {
		require.NoError(t, os.WriteFile("openapi.json", want, 0o644))
	}
	have, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "run make golden")
}

func TestTheDescriptionIsValid(t *testing.T) {
	t.Parallel()
	doc, err := description()
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
}
