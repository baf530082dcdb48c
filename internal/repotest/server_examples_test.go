package repotest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/internal/testwait"
)

// The container examples must start the command with existing flags, as a user without privileges and with a read-only
// root.
func TestServerManifests(t *testing.T) {
	t.Parallel()
	out, code := run(t, ".", bare(t), program(t), "serve", "--help")
	require.Zero(t, code)
	hasFlags := func(args []string) {
		require.Equal(t, "serve", args[0])
		for _, arg := range args[1:] {
			if strings.HasPrefix(arg, "--") {
				require.Regexp(t, regexp.QuoteMeta(arg)+`\b`, out)
			}
		}
	}
	type service struct {
		Image, Restart string
		Command        []string
		ReadOnly       bool `yaml:"read_only"`
		Environment    map[string]string
		Volumes        []string
	}
	var compose struct{ Services map[string]service }
	require.NoError(t, yaml.Unmarshal([]byte(readText(t, "examples/compose.yml")), &compose))
	for _, name := range []string{"node-a", "node-b"} {
		s := compose.Services[name]
		require.True(t, strings.HasPrefix(s.Image, imageName+"-server:"), "the image of the pipe has no server")
		hasFlags(s.Command)
		require.True(t, s.ReadOnly)
		require.Contains(t, s.Environment["DATABASE_URL"], "postgres://")
		require.Contains(t, s.Volumes, "./repositories:/repositories:ro")
	}
	require.NotEqual(t, compose.Services["node-a"].Command, compose.Services["node-b"].Command, "each node has its name")

	decoder := yaml.NewDecoder(strings.NewReader(readText(t, "examples/kubernetes.yml")))
	var deployment struct {
		Kind string
		Spec struct {
			Replicas int
			Template struct {
				Spec struct {
					SecurityContext struct{ RunAsNonRoot bool } `yaml:"securityContext"`
					Containers      []struct {
						Image           string
						Args            []string
						SecurityContext struct {
							ReadOnlyRootFilesystem bool `yaml:"readOnlyRootFilesystem"`
						} `yaml:"securityContext"`
						ReadinessProbe struct {
							HTTPGet struct{ Path string } `yaml:"httpGet"`
						} `yaml:"readinessProbe"`
					}
				}
			}
		}
	}
	require.NoError(t, decoder.Decode(&deployment))
	require.Equal(t, "Deployment", deployment.Kind)
	require.Equal(t, 2, deployment.Spec.Replicas)
	c := deployment.Spec.Template.Spec.Containers[0]
	hasFlags(c.Args)
	require.True(t, strings.HasPrefix(c.Image, imageName+"-server:"))
	require.True(t, c.SecurityContext.ReadOnlyRootFilesystem)
	require.Equal(t, "/readyz", c.ReadinessProbe.HTTPGet.Path)
}

// TestServerCalls runs the script with all calls against a real server with a real repository.
func TestServerCalls(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		require.Empty(t, os.Getenv("CI"), "the script needs curl")
		t.Skip("no curl")
	}
	root := t.TempDir()
	repository := filepath.Join(root, "PAY", "api")
	require.NoError(t, os.MkdirAll(repository, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(repository, "main.py"), []byte("print(1)\n"), 0o600))
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "one"}} {
		out, code := run(t, repository, os.Environ(), "git", args...)
		require.Zero(t, code, out)
	}
	url, password := startServer(t, root)
	testwait.Until(t, func() bool {
		out, _ := run(t, ".", os.Environ(), "curl", "-s", "-u", "admin:"+password, url+"/rest/security/latest/status/projects/PAY/repos/api/branches")
		return strings.Contains(out, `"displayId":"main"`)
	})
	script, err := filepath.Abs("examples/calls.sh")
	require.NoError(t, err)
	out, code := run(t, t.TempDir(), append(os.Environ(), "SLUICE="+url, "SLUICE_USER=admin", "SLUICE_PASSWORD="+password), "bash", script, "PAY", "api")
	require.Zero(t, code, out)
	require.Contains(t, out, "All calls were answered.")
	require.NotContains(t, out, password)
}

// startServer starts the program as a server for a folder of repositories, with more flags, and waits until it answers.
func startServer(t *testing.T, root string, flags ...string) (url, password string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), append([]string{"serve", "--repos", root, "--data", filepath.Join(t.TempDir(), "data"), "--listen", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append(bare(t), "ENGINES=secrets")
	log := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(log)
	require.NoError(t, err)
	cmd.Stdout = out
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = out.Close()
	})
	find := func(expression string) string {
		text, err := os.ReadFile(log)
		require.NoError(t, err)
		if found := regexp.MustCompile(expression).FindSubmatch(text); found != nil {
			return string(found[1])
		}
		return ""
	}
	testwait.Until(t, func() bool {
		url, password = strings.TrimSuffix(find(`Sluice is at (\S+)`), "/"), find(`with the password (\S+)`)
		return url != "" && password != ""
	})
	return url, password
}
