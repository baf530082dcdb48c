package forge_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/internal/teststore"
)

const appFolder = "../../forge"

// manifest is the part of manifest.yml that the validators of Atlassian do not look at.
type manifest struct {
	Permissions struct {
		Scopes   []string
		External map[string]any
	}
	Modules map[string][]struct {
		Key, Remote, Endpoint, Function, Handler, Resource string
		Events                                             []string
		Route                                              struct{ Path string }
		Auth                                               auth
	}
	Resources []struct{ Key, Path string }
	Remotes   []struct {
		Key          string
		BaseURL      string `yaml:"baseUrl"`
		Operations   []string
		Configurable map[string]string
		Auth         auth
	}
}

type auth struct {
	AppSystemToken struct{ Enabled bool } `yaml:"appSystemToken"`
}

// TestTheManifest checks what the validators of Atlassian let pass.
func TestTheManifest(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(appFolder, "manifest.yml"))
	require.NoError(t, err)
	var m manifest
	require.NoError(t, yaml.Unmarshal(text, &m))
	require.Equal(t, []string{"read:repository:bitbucket", "read:workspace:bitbucket", "read:app-system-token", "storage:app"}, m.Permissions.Scopes, "no more than was promised: it can write nothing")
	require.Len(t, m.Remotes, 1)
	require.Equal(t, []string{"compute"}, m.Remotes[0].Operations)
	require.True(t, m.Remotes[0].Auth.AppSystemToken.Enabled)
	require.Equal(t, "https://sluice.example.com", m.Remotes[0].BaseURL)
	require.Empty(t, m.Remotes[0].Configurable)
	require.Empty(t, m.Permissions.External)
	known := []string{
		"avi:forge:installed:app", "avi:forge:upgraded:app", "avi:bitbucket:push:repository", "avi:bitbucket:created:repository", "avi:bitbucket:updated:repository", "avi:bitbucket:deleted:repository",
	}
	seen := map[string]bool{}
	for _, list := range m.Modules {
		for _, x := range list {
			require.False(t, seen[x.Key], "%s occurs twice", x.Key)
			require.LessOrEqual(t, len(x.Key), 23, x.Key)
			seen[x.Key] = true
			for _, e := range x.Events {
				require.Contains(t, known, e)
			}
		}
	}
	s := newServer(t, teststore.SQLite(t))
	s.pair()
	for _, e := range m.Modules["endpoint"] {
		path, ok := strings.CutPrefix(e.Route.Path, "/forge/v1/")
		require.True(t, ok, e.Route.Path)
		status, _ := s.call(path, `{"eventType":"avi:forge:upgraded:app"}`, nil)
		require.Equal(t, http.StatusOK, status, "the server serves %s", e.Route.Path)
	}
	require.True(t, m.Modules["endpoint"][0].Auth.AppSystemToken.Enabled, "events bring a credential along")
}

// TestTheAppItself runs the tests of the app under Node. Those of the manifest need a folder with @forge/manifest.
func TestTheAppItself(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node here; the CI has it")
	}
	cmd := exec.CommandContext(t.Context(), node, "--test", "test/app.test.js", "test/manifest.test.js")
	cmd.Dir = appFolder
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "# pass 1", "the search itself works")
}
