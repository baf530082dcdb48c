package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/decode"
)

func percentAll(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, "%%%02X", text[i])
	}
	return b.String()
}

func escapeAll(text, format string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, format, text[i])
	}
	return b.String()
}

func wide(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteByte(text[i])
		b.WriteByte(0)
	}
	return b.String()
}

func wrap(text string, width int, end string) string {
	var lines []string
	for len(text) > width {
		lines = append(lines, text[:width])
		text = text[width:]
	}
	return strings.Join(append(lines, text), end)
}

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestOneCredentialOneFingerprintWhateverItsCoding(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	plain := find(t, d, "deploy/settings", githubToken)
	require.Len(t, plain, 1)
	require.True(t, plain[0].Decoded.Empty())
	fingerprint := scan.Fingerprint(&plain[0])
	object := `{"user":"ann","value":"` + githubToken + `","more":"Lorem ipsum dolor sit amet, consectetur adipiscing elit"}`
	tests := map[string]struct{ text, how string }{
		"base64":                   {"x: " + encoded(githubToken), "base64"},
		"base64 for URLs":          {"x: " + base64.RawURLEncoding.EncodeToString([]byte("???>>>"+githubToken)), "base64"},
		"base64 of JSON":           {"x: " + encoded(object), "base64"},
		"base64 of lines":          {"x: " + encoded("A=b\nB=c\nC="+githubToken+"\n"), "base64"},
		"base64 over lines":        {"x: |\n  " + wrap(encoded(object), 60, "\n  ") + "\n", "base64"},
		"base64 over CRLF":         {"x:\r\n" + wrap(encoded(object), 76, "\r\n") + "\r\n", "base64"},
		"base64 over escaped ends": {`"x": "` + wrap(encoded(object), 64, `\n`) + `"`, "base64"},
		"base64 of UTF-16":         {"powershell -enc " + encoded(wide("echo "+githubToken+" ")), "base64"},
		"base64 in base64":         {"x: " + encoded(encoded("token "+githubToken)), "base64"},
		"hexadecimal":              {"x: " + hex.EncodeToString([]byte(githubToken)), "hexadecimal"},
		"hexadecimal with 0x":      {"x: 0x" + strings.ToUpper(hex.EncodeToString([]byte(githubToken))), "hexadecimal"},
		"percent":                  {"x=" + percentAll(githubToken), "percent encoding"},
		"percent, a little":        {"x=" + strings.Replace(githubToken, "_", "%5f", 1), "percent encoding"},
		"JSON escapes":             {`{"x": "` + escapeAll(githubToken, `\u%04x`) + `"}`, "escapes"},
		"one JSON escape":          {`{"x": "` + strings.Replace(githubToken, "_", `\u005F`, 1) + `"}`, "escapes"},
		"byte escapes":             {`x = "` + escapeAll(githubToken, `\x%02x`) + `"`, "escapes"},
		"quoted-printable":         {"Content-Transfer-Encoding: quoted-printable\n\nUse " + githubToken[:20] + "=\n" + githubToken[20:] + " please\n", "quoted-printable"},
		"percent in base64":        {"x: " + encoded("https://acme.io/?x="+percentAll(githubToken)), "base64"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := find(t, d, "deploy/settings", test.text)
			require.Equal(t, []string{"GITHUB_CLASSIC_PAT"}, ids(found))
			f := found[0]
			require.Equal(t, githubToken, f.Decoded.Reveal())
			require.Equal(t, githubToken, f.Credential().Reveal())
			require.Equal(t, fingerprint, scan.Fingerprint(&f))
			require.Equal(t, test.text[f.Start:f.End], f.Secret.Reveal())
			require.NotContains(t, f.Secret.Reveal(), githubToken)
			require.True(t, strings.HasSuffix(f.Message, "It is written in "+test.how+"."), f.Message)
		})
	}
}

func TestWhatIsNotDecoded(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	four := encoded(encoded(encoded(encoded("the token " + githubToken))))
	code := encoded("token " + githubToken)
	tests := map[string]struct{ path, text string }{
		"four deep":        {"deploy/settings", four},
		"a picture":        {"a.html", "src=\"data:image/svg+xml;base64," + encoded("<svg>"+githubToken+"</svg>") + "\""},
		"a lock file":      {"yarn.lock", code},
		"a minified file":  {"a.min.js", "x=\"" + code + "\""},
		"a minified line":  {"a.js", strings.Repeat("a=b;", 600) + "x=\"" + code + "\""},
		"a checksum":       {"deploy/settings", "sha256: " + strings.Repeat("9f86d081884c7d65", 4)},
		"a long name":      {"a.go", "x := theVeryLongNameOfSomeFunctionThatNobodyWouldEverWriteInEarnest()"},
		"a path":           {"a.go", "x := \"a/very/long/path/to/some/file/that/nobody/would/ever/write\""},
		"a guess by name":  {"deploy/settings", encoded("the password = \"Gr3en4ZkR7bQ2mX9w\" and more text")},
		"a printf form":    {"a.go", "fmt.Printf(\"%40s|%2d\", x)"},
		"a certificate":    {"deploy/settings", "tls.crt: " + encoded("-----BEGIN CERTIFICATE-----\n"+strings.Repeat("MIIB", 40)+"\n-----END CERTIFICATE-----\n")},
		"a public address": {"deploy/settings", "u=https%3A%2F%2Facme.io%2Fa%40b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, find(t, d, test.path, test.text))
		})
	}
	require.Len(t, find(t, d, "deploy/settings", encoded(encoded(encoded("the token "+githubToken)))), 1, "three deep")
}

func TestSeveralCredentialsInOneRun(t *testing.T) {
	t.Parallel()
	other := "npm_" + "T5vNq8RkX2bWm7ZcLp4YhJd9GfSu" + "3A2E3RcI"
	text := "x: " + encoded("A="+githubToken+"\nB="+other+"\n")
	found := find(t, newTestDetector(t), "deploy/settings", text)
	require.Equal(t, []string{"GITHUB_CLASSIC_PAT", "NPM_TOKEN"}, ids(found))
	require.LessOrEqual(t, found[0].End, found[1].Start)
	require.Equal(t, other, found[1].Decoded.Reveal())
}

func TestManifests(t *testing.T) {
	t.Parallel()
	password, weak := "Gr3en4Zk"+"R7bQ", "changeme"
	tests := map[string]struct {
		text string
		want []string
	}{
		"password":     {"apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: " + encoded(password) + "\n", []string{password}},
		"data first":   {"data:\n  DB_PASSWORD: \"" + encoded(password) + "\"\nkind: Secret\n", []string{password}},
		"with newline": {"kind: Secret\ndata:\n  password: " + encoded(password+"\n") + "\n", []string{password}},
		"JSON":         {"{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"password\": \"" + encoded(password) + "\"\n  }\n}", []string{password}},
		"plain":        {"kind: Secret\nstringData:\n  password: " + password + "\n", []string{password}},
		"file":         {"kind: Secret\ndata:\n  app.env: " + encoded("MODE=x\nDB_PASSWORD="+password+"\n") + "\n", []string{password}},
		"placeholder":  {"kind: Secret\ndata:\n  password: " + encoded(weak) + "\n", nil},
		"no secret":    {"kind: Secret\ndata:\n  username: " + encoded(password) + "\n", nil},
		"template":     {"kind: Secret\ndata:\n  password: {{ .Values.password | b64enc }}\n", nil},
		"other kind":   {"kind: SecretStore\ndata:\n  mode: " + encoded(password) + "\n", nil},
		"next object":  {"kind: Secret\ndata:\n  mode: eA==\n---\nkind: ConfigMap\ndata:\n  mode: " + encoded(password) + "\n", nil},
		"two":          {"kind: Secret\ndata:\n  password: " + encoded(password) + "\n  token: " + encoded(githubToken) + "\n", []string{password, githubToken}},
	}
	d := newTestDetector(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range find(t, d, "deploy/secret.yaml", test.text) {
				got = append(got, f.Credential().Reveal())
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestRegistryLoginIsDecoded(t *testing.T) {
	t.Parallel()
	auths := `{"auths":{"registry.acme.io":{"auth":"` + encoded("ann:Gr3en4ZkR7bQ") + `"}}}`
	for name, text := range map[string]string{
		"as it is":   auths,
		"in base64":  "x: " + encoded(auths),
		"in secrets": "kind: Secret\ndata:\n  .dockerconfigjson: " + encoded(auths) + "\n",
	} {
		found := find(t, newTestDetector(t), ".docker/config.json", text)
		require.Equal(t, []string{"DOCKER_REGISTRY_AUTH"}, ids(found), name)
		require.Equal(t, "Gr3en4ZkR7bQ", found[0].Decoded.Reveal(), name)
	}
}

func TestNotebookIsReadByItsLines(t *testing.T) {
	t.Parallel()
	picture := base64.StdEncoding.EncodeToString(append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{7, 200, 31, 90}, 400)...))
	notebook := "{\"cells\":[{\"cell_type\":\"code\",\"source\":[\n" +
		"    \"import os\\n\",\n" +
		"    \"os.environ['API_TOK" + "EN'] = '4ZkR7bQ2mX9wL3pV8tYh'\\n\",\n" +
		"    \"pass" + "word = \\\"Gr3en4ZkR7bQ\\\"\\n\"],\n" +
		"  \"outputs\":[{\"data\":{\"image/png\":\"" + picture + "\"}}]}]}"
	var got []string
	for _, f := range find(t, newTestDetector(t), "work.ipynb", notebook) {
		got = append(got, f.Secret.Reveal())
	}
	require.Equal(t, []string{"4ZkR7bQ2mX9wL3pV8tYh", "Gr3en4ZkR7bQ"}, got)
}

// The search for runs skips bytes. It must find every run that a search of each byte finds.
func TestRunsAreFoundAsByAnExpression(t *testing.T) {
	t.Parallel()
	expression := regexp.MustCompile(fmt.Sprintf(`[0-9A-Za-z+/_-]{%d,}`, coding.MinRun))
	d := newTestDetector(t)
	token := base64.RawStdEncoding.EncodeToString([]byte("the " + githubToken))
	random := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		var b strings.Builder
		for b.Len() < 3000 {
			switch random.IntN(4) {
			case 0:
				b.WriteString(token)
			case 1:
				b.WriteString(strings.Repeat("=", 1+random.IntN(50)))
			case 2:
				b.WriteString(strings.Repeat("a", random.IntN(50)))
			}
			b.WriteString([]string{" ", "\n", ".", "~", "\""}[random.IntN(5)])
		}
		text := b.String()
		want := 0
		for _, run := range expression.FindAllString(text, -1) {
			if strings.HasPrefix(run, token) && len(run)-len(token) < len(token) {
				want++
			}
		}
		require.Len(t, find(t, d, "deploy/settings", text), want)
	}
}

func TestDecodingHasABudget(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	line := encoded(strings.Repeat("nothing to see here, ", 40)) + "\n"
	fill := strings.Repeat(line+"x ~\n", 2+decode.Budget/(len(line)*3/4))
	require.Empty(t, find(t, d, "deploy/settings", fill+encoded("the "+githubToken)))
	require.Len(t, find(t, d, "deploy/settings", encoded("the "+githubToken)+"\n~\n"+fill), 1)
}

func TestNoAllocationWhenNothingIsDecoded(t *testing.T) {
	d := newTestDetector(t)
	data := []byte(strings.Repeat("x: "+encoded("some text that holds nothing of interest to anybody")+"\nu=https%3A%2F%2Facme.io\n", 50))
	requireNoAllocation(t, d, &scan.Content{File: scan.File{Path: "deploy/settings"}, Data: data})
}
