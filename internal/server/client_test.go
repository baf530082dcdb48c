package server_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	_ "github.com/oapi-codegen/runtime" // the generated client needs it
	"github.com/stretchr/testify/require"
)

// TestAClientGeneratedFromTheDescriptionCallsTheServer generates a Go client from the description that the server
// serves, builds a program with it, and calls the server.
func TestAClientGeneratedFromTheDescriptionCallsTheServer(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 dev=2")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(s.get("/rest/security/latest/openapi.json").text))
	require.NoError(t, err)
	code, err := codegen.Generate(doc, codegen.Configuration{PackageName: "main", Generate: codegen.GenerateOptions{Client: true, Models: true}}.UpdateDefaults())
	require.NoError(t, err)

	dir := t.TempDir()
	client := filepath.Join(dir, "client.go")
	require.NoError(t, os.WriteFile(client, []byte(code), 0o600))
	caller, err := filepath.Abs("testdata/client/main.go.txt")
	require.NoError(t, err)
	// The overlay puts the program into this module, so that its imports resolve.
	place, err := filepath.Abs("testdata/client")
	require.NoError(t, err)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(place, "client.go"): client, filepath.Join(place, "main.go"): caller}})
	require.NoError(t, err)
	overlayFile := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlayFile, overlay, 0o600))
	program := filepath.Join(dir, "client")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlayFile, "-o", program, "./testdata/client")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	out, err = exec.CommandContext(t.Context(), program, s.url, "admin", "admin-password").CombinedOutput()
	require.NoError(t, err, string(out))
	require.JSONEq(t, `{"slug": "api", "status": "NOT_SCANNED", "parallelScans": 4, "scheduled": 2, "error": "com.sluice.exception.NoSuchResourceException"}`, string(out))
}
