package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// injection is a Flask application whose route puts a parameter into a query.
const injection = "from flask import Flask, request\napp = Flask(__name__)\n\n@app.route('/a')\ndef a():\n    name = request.args['name']\n    db.execute('select ' + name)\n"

func TestCodeIsInEveryFormat(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("app.py", injection)
	to := t.TempDir()
	args := []string{"scan", "--engines", "code"}
	for _, format := range []string{"text", "json", "csv", "junit", "html", "sarif"} {
		args = append(args, "--format", format+"="+filepath.Join(to, format))
	}
	got := inProcess(t, nil, append(args, r.dir)...)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	for format, words := range map[string][]string{
		"text": {"SQL injection", "app.py:7:16", "Source: app.py:6 -> app.py:7"},
		"json": {`"weaknesses":["CWE-89"]`, `"kind":"source"`, `"text":"name = request.args['name']"`},
		"csv":  {"python-sql-injection,SQL injection,app.py,7,16"}, "junit": {"SQL injection"}, "html": {`<ol class="flow"`, "app.py:6"},
		"sarif": {`"external/cwe/cwe-089"`, `"codeFlows"`, `"threadFlows"`, `"relatedLocations"`, `"A05:2025 - Injection"`},
	} {
		data, err := os.ReadFile(filepath.Join(to, format))
		require.NoError(t, err)
		for _, word := range words {
			require.Contains(t, string(data), word, format)
		}
	}
}

func TestAnIncompleteScanOfCodeIsNeverSafe(t *testing.T) {
	t.Parallel()
	const flawed = "rules:\n- {id: whole, languages: [python], severity: ERROR, message: m, pattern: print(...)}\n- {id: torn, languages: [python], severity: ERROR, message: m, pattern: 'print('}\n"
	for name, c := range map[string]struct {
		files []string
		env   []string
		code  int
		want  []string
	}{
		"no file to look at":    {[]string{"README.md", "words\n"}, nil, scan.ExitOK, []string{"Not scanned: there is nothing to look at for code."}},
		"a file in part":        {[]string{"a.py", "from flask import request\neval(request.args['a'])  # nosemgrep\n" + strings.Repeat("def (((\n", 9)}, nil, scan.ExitError, []string{"Not known: 1 file was scanned only in part", "a.py: ", "could not be understood"}},
		"a file accepted":       {[]string{"a.py", "from flask import request\neval(request.args['a'])  # nosemgrep\n" + strings.Repeat("def (((\n", 9), ".sluice.yml", "suppress:\n- {path: a.py, reason: a sample}\n"}, nil, scan.ExitOK, []string{"Safe to merge"}},
		"a rule that is broken": {[]string{"a.py", "x = 1\n", "rules.yml", flawed}, []string{"CODE_RULES=@rules.yml"}, scan.ExitError, []string{"Not known: 1 check did not finish", "1 rule is not run", "torn"}},
		"a rule accepted":       {[]string{"a.py", "x = 1\n", "rules.yml", flawed}, []string{"CODE_RULES=@rules.yml", "CODE_ACCEPT_SKIPPED=true"}, scan.ExitOK, []string{"Safe to merge", "rule torn is not run"}},
		"a rule left out":       {[]string{"a.py", "x = 1\n", "rules.yml", flawed}, []string{"CODE_RULES=@rules.yml", "CODE_DISABLE=torn"}, scan.ExitOK, []string{"Safe to merge"}},
		"no file for the rule":  {[]string{"a.go", "package a\n", "rules.yml", flawed}, []string{"CODE_RULES=@rules.yml"}, scan.ExitOK, []string{"Safe to merge"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			commit := r.commit(c.files...)
			server := fakebitbucket.New()
			env := pipeline(r, proxy(t, server), commit, "ENGINES=code", "CACHE_DIR=off")
			for _, pair := range c.env {
				env = append(env, strings.ReplaceAll(pair, "@", r.dir+"/"))
			}
			got := inProcess(t, env)
			require.Equal(t, c.code, got.code, got.stdout+got.stderr)
			for _, want := range c.want {
				require.Contains(t, got.stdout+got.stderr, want)
			}
			report, ok := server.Report(commit, "sluice-security-code")
			require.True(t, ok)
			require.Equal(t, map[bool]string{true: "PASSED", false: "FAILED"}[c.code == scan.ExitOK], report.Result)
			require.Contains(t, report.Details, strings.SplitN(c.want[0], "\n", 2)[0])
		})
	}
}

func TestCodeGivesTheSameAtAnyParallelism(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("app.py", injection, "b.py", injection, "c.py", "x = 1\n", "d.js", "a(\n")
	one := inProcess(t, nil, "scan", "--engines", "code", "--format", "sarif", "--jobs", "1", r.dir)
	four := inProcess(t, nil, "scan", "--engines", "code", "--format", "sarif", "--jobs", "4", r.dir)
	require.Equal(t, one.stdout, four.stdout)
	require.Contains(t, one.stdout, "cwe-089")
}

func TestOldCodeDoesNotBlockAPullRequest(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"app.py", injection}, []string{"app.py", "import os\n" + injection, "new.py", injection + "    eval(name)\n"})
	p.git("checkout", "-q", "feature")
	server := fakebitbucket.New()
	got := inProcess(t, append(p.env(t, server), "ENGINES=code"))
	require.Equal(t, scan.ExitFindings, got.code, got.stdout+got.stderr)
	annotations := server.Annotations(p.source, "sluice-security-code")
	require.NotEmpty(t, annotations)
	var blocking []string
	for _, a := range annotations {
		if a.Result == "FAILED" {
			require.Equal(t, "new.py", a.Path, "in app.py it was there before, some lines above")
			blocking = append(blocking, a.Summary)
		}
	}
	require.Equal(t, []string{"New: Code injection, source: new.py:6 -> new.py:8", "New: SQL injection, source: new.py:6 -> new.py:7"}, slices.Sorted(slices.Values(blocking)))
}

// TestAFlowIntoOldCodeIsShownOnTheAddedLine: the data arrives on a line that the change does not touch, so that a reviewer
// would not see an annotation there.
func TestAFlowIntoOldCodeIsShownOnTheAddedLine(t *testing.T) {
	t.Parallel()
	const (
		store   = "def find(db, name):\n    db.execute('select ' + name)\n"
		flask   = "from flask import Flask, request\nimport store\napp = Flask(__name__)\n\n"
		safe    = flask + "@app.route('/a')\ndef a():\n    name = 'x'\n    store.find(db, name)\n"
		sourced = flask + "@app.route('/a')\ndef a():\n    name = request.args['name']\n    store.find(db, name)\n"
		other   = "\n@app.route('/b')\ndef b():\n    store.find(db, request.args['b'])\n"
	)
	for name, c := range map[string]struct {
		before, after []string
		path          string
		line          int
		sink, source  string
	}{
		"a new route calls old code":          {[]string{"store.py", store, "app.py", safe}, []string{"app.py", safe + other}, "app.py", 12, "store.py:2", "app.py:12"},
		"a new file calls old code":           {[]string{"store.py", store}, []string{"app.py", sourced}, "app.py", 8, "store.py:2", "app.py:7"},
		"an old route calls old code":         {[]string{"store.py", store, "app.py", strings.Replace(sourced, "    store.find", "    print", 1)}, []string{"app.py", sourced}, "app.py", 8, "store.py:2", "app.py:7"},
		"a call with an object that holds it": {[]string{"store.py", "def find(db, q):\n    db.execute('select ' + q.name)\n", "app.py", strings.Replace(sourced, "name = request.args['name']\n    store.find(db, name)", "q = Query()\n    q.name = request.args['name']", 1)}, []string{"app.py", strings.Replace(sourced, "name = request.args['name']\n    store.find(db, name)", "q = Query()\n    q.name = request.args['name']\n    store.find(db, q)", 1)}, "app.py", 9, "store.py:2", "app.py:8"},
		"another source before an old call":   {[]string{"store.py", store, "app.py", safe}, []string{"app.py", sourced}, "app.py", 7, "store.py:2", "app.py:7"},
		"another source in the sink's file":   {[]string{"app.py", strings.Replace(injection, "request.args['name']", "'x'", 1)}, []string{"app.py", injection}, "app.py", 6, "app.py:7", "app.py:6"},
		"a call between two files that stay":  {[]string{"store.py", store, "app.py", strings.NewReplacer("import store", "import middle", "store.find", "middle.go_on").Replace(sourced), "middle.py", "import store\ndef go_on(db, name):\n    pass\n"}, []string{"middle.py", "import store\ndef go_on(db, name):\n    store.find(db, name)\n"}, "middle.py", 3, "store.py:2", "app.py:7"},
		"one added line of a call over lines": {[]string{"store.py", store, "app.py", flask + "def b():\n    store.find(\n        db,\n        'b')\n"}, []string{"app.py", flask + "def b():\n    store.find(\n        db,\n        request.args['b'])\n"}, "app.py", 8, "store.py:2", "app.py:8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPullRequest(t, c.before, append([]string{"README.md", "words\n"}, c.after...))
			p.git("checkout", "-q", "feature")
			server := fakebitbucket.New()
			to := t.TempDir()
			sarif, html := filepath.Join(to, "sarif"), filepath.Join(to, "html")
			got := inProcess(t, append(p.env(t, server), "ENGINES=code", "FORMAT=sarif="+sarif+",html="+html))
			require.Equal(t, scan.ExitFindings, got.code, got.stdout+got.stderr)
			annotations := server.Annotations(p.source, "sluice-security-code")
			require.Len(t, annotations, 1)
			a := annotations[0]
			require.Equal(t, "FAILED", a.Result)
			require.Equal(t, c.path, a.Path)
			require.Equal(t, c.line, a.Line)
			require.Equal(t, "New: SQL injection in "+c.sink+", source: "+c.source, a.Summary)
			sink, line, _ := strings.Cut(c.sink, ":")
			require.Contains(t, a.Details, "This change lets data arrive in "+sink+", line "+line+".")

			data, err := os.ReadFile(sarif)
			require.NoError(t, err)
			var log struct {
				Runs []struct {
					Results []struct {
						Locations []struct {
							PhysicalLocation struct {
								ArtifactLocation struct{ URI string }
								Region           struct{ StartLine int }
							}
						}
						CodeFlows []struct{ ThreadFlows []struct{ Locations []any } }
					}
				}
			}
			require.NoError(t, json.Unmarshal(data, &log))
			result := log.Runs[0].Results[0]
			at := result.Locations[0].PhysicalLocation
			require.Equal(t, c.sink, fmt.Sprintf("%s:%d", at.ArtifactLocation.URI, at.Region.StartLine), "the file for tools has the place where the data arrives")
			require.GreaterOrEqual(t, len(result.CodeFlows[0].ThreadFlows[0].Locations), 2)
			data, err = os.ReadFile(html)
			require.NoError(t, err)
			require.Contains(t, string(data), c.sink)
			require.Contains(t, string(data), `<ol class="flow"`)
		})
	}
}

func TestRulesOfUsersForCode(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	const own = "rules:\n- {id: no-print, languages: [python], severity: ERROR, message: no print, pattern: print(...)}\n"
	r.commit("a.py", "print(1)\n", "b.py", "print(2)  # nosemgrep: no-print -- a tool\n", "ci/rules/own.yml", own+"- {id: php, languages: [php], severity: INFO, message: m, pattern: f()}\n",
		".semgrep.yml", "rules:\n- {id: theirs, languages: [python], severity: ERROR, message: m, pattern: print(1)}\n")
	var report struct {
		Findings []struct {
			Rule, Path  string
			Suppression *struct{ Reason string }
		}
		Notes []struct{ Text string }
	}
	got := inProcess(t, nil, "scan", "--engines", "code", "--code-pack", "off", "--code-rules", filepath.Join(r.dir, "ci/rules"), "--code-disable", "nothing", "--format", "json", r.dir)
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &report), got.stderr)
	require.Equal(t, scan.ExitFindings, got.code)
	require.Len(t, report.Findings, 2)
	require.Equal(t, "a tool", report.Findings[1].Suppression.Reason)
	require.Contains(t, got.stdout, "code: rule skipped: language php (1 rule)")
	require.Contains(t, got.stdout, "CODE_DISABLE: there is no rule nothing")

	got = inProcess(t, nil, "scan", "--engines", "code", "--code-pack", "off", "--code-repository-rules", r.dir)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, "a.py:1:1")
	got = inProcess(t, nil, "scan", "--engines", "code", "--code-pack", "off", r.dir)
	require.Equal(t, scan.ExitOK, got.code)
	require.Contains(t, got.stdout, "code: no rule runs, so that nothing was looked at")
	got = inProcess(t, nil, "scan", "--engines", "code", "--code-rules", filepath.Join(r.dir, "none.yml"), r.dir)
	require.Equal(t, scan.ExitUsage, got.code)
	require.Contains(t, got.stderr, "CODE_RULES")
}

func TestRulesForCodeAreCheckedAndTested(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	rules := write("own.yml", "rules:\n- {id: no-print, languages: [python], severity: ERROR, message: m, pattern: print(...)}\n")
	test := write("own.py", "# ruleid: no-print\nprint(1)\n# ok: no-print\nlog(1)\n")
	got := inProcess(t, nil, "rules", "check", rules)
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Equal(t, "1 rule can be run\n", got.stdout)
	got = inProcess(t, nil, "rules", "test", dir)
	require.Equal(t, scan.ExitOK, got.code, got.stdout+got.stderr)
	require.Contains(t, got.stdout, "1 found, 1 clean, 0 missed, 0 wrong")
	require.NoError(t, os.WriteFile(test, []byte("# ruleid: no-print\nlog(1)\nprint(1)\n"), 0o600))
	got = inProcess(t, nil, "rules", "test", dir)
	require.NotEqual(t, scan.ExitOK, got.code)
	require.Contains(t, got.stdout, "own.py:2: no-print does not find this line\nown.py:3: no-print finds this line\n")
	bad := write("bad.yml", "rules:\n- {id: torn, languages: [python], severity: ERROR, message: m, pattern: 'print('}\n- {id: rb, languages: [ruby], severity: ERROR, message: m, pattern: f()}\n")
	got = inProcess(t, nil, "rules", "check", bad)
	require.NotEqual(t, scan.ExitOK, got.code)
	require.Contains(t, got.stdout, "rule torn is not run")
	require.Contains(t, got.stdout, "rule skipped: language ruby (1 rule)\n0 rules can be run\n")
}

func TestRulesForCodeAreListedShownAndExplained(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	own := filepath.Join(r.dir, "own.yml")
	r.commit("a.py", "print(1)\nlog(token = \"ghp_0123456789abcdefghijklmnopqrstuvwxyz\")\n", "own.yml", "rules:\n- {id: no-print, languages: [python], severity: ERROR, message: no print, patterns: [{pattern: print($X)}, {metavariable-comparison: {comparison: $X > 1}}]}\n- {id: torn, languages: [python], severity: ERROR, message: m, pattern: 'print('}\n")
	file := filepath.Join(r.dir, "a.py")
	list := func(args ...string) string {
		got := inProcess(t, nil, append([]string{"rules"}, append(args, "--code-rules", own)...)...)
		require.Equal(t, scan.ExitOK, got.code, got.stderr)
		return got.stdout
	}
	all, secrets, code := list("list"), list("list", "--engine", "secrets"), list("list", "--engine", "code")
	require.Equal(t, strings.Count(all, "\n"), strings.Count(secrets, "\n")+strings.Count(code, "\n"))
	require.Regexp(t, `HIGH +no-print +No print \(.*own.yml:2\)`, code)
	require.Contains(t, code, "python-sql-injection")
	require.NotContains(t, secrets, "no-print")
	require.Regexp(t, `no-print +search +No print`, list("list", "--method"))
	var records []struct {
		Engine, ID string
		Languages  []string
	}
	require.NoError(t, json.Unmarshal([]byte(list("list", "--json", "--engine", "code", "--code-pack", "off")), &records))
	require.Len(t, records, 1)
	require.Equal(t, []string{"python"}, records[0].Languages)

	require.Contains(t, list("show", "no-print"), "line 2      print($X)\n")
	require.Contains(t, list("show", "python-sql-injection"), "CWE-89")
	require.Contains(t, list("show", "GITHUB_CLASSIC_PAT"), "GITHUB_CLASSIC_PAT")
	for id, want := range map[string]string{"torn": "rule torn is not run", "nothing": "there is no rule \"nothing\""} {
		got := inProcess(t, nil, "rules", "show", id, "--code-rules", own)
		require.Equal(t, scan.ExitUsage, got.code)
		require.Contains(t, got.stderr, want)
	}

	got := list("explain", file+":1")
	require.Contains(t, got, "code: rule no-print (search, from "+own+":2)\n")
	require.Contains(t, got, "metavariable-comparison: does not hold\n")
	require.Contains(t, got, "found: nothing\n")
	got = list("explain", file+":1", "no-print", "torn", "nothing")
	require.NotContains(t, got, "more rules")
	require.Contains(t, got, "rule torn is not run")
	require.Contains(t, got, "there is no rule nothing, or it is switched off\n")
	require.NotContains(t, list("explain", file+":2"), "ghp_0123456789abcdefghijklmnopqrstuvwxyz")
	require.Equal(t, scan.ExitUsage, inProcess(t, nil, "rules", "explain", file+":99", "--engine", "code").code)
	require.Equal(t, scan.ExitUsage, inProcess(t, nil, "rules", "list", "--engine", "dependencies").code)
}

func TestAPullRequestCannotLeaveItsOwnCodeOut(t *testing.T) {
	t.Parallel()
	const bad = "from flask import request\neval(request.args['a'])\n"
	p := newPullRequest(t, []string{"README.md", "x\n", ".semgrepignore", "old/\n"}, []string{"new/a.py", bad, "old/a.py", bad, ".semgrepignore", "new/\n"})
	p.git("checkout", "-q", "feature")
	got := inProcess(t, append(p.env(t, fakebitbucket.New()), "ENGINES=code", "FORMAT=json"))
	require.Equal(t, scan.ExitFindings, got.code, got.stdout+got.stderr)
	require.Contains(t, got.stdout, "new/a.py")
	require.NotContains(t, got.stdout, `"old/a.py"`)
}

// A copy of a secret stands on the lines of the source and of the sink, in two files, where nothing but the finding of the secret itself says what
// it is.
func TestStepsInOtherFilesShowNoSecret(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	canary := "mR6wS1jP" + "8gXo5QvT4kB"
	line := "pass" + "word = \"" + canary + "\""
	r.commit(
		"web.py", "import flask\nimport store\n\napp = flask.Flask(\"a\")\n"+line+"\n\n@app.get(\"/find\")\ndef find():\n    store.run(\"select '\" + flask.request.args[\"name\"] + \"' -- "+canary+"\")\n",
		"store.py", line+"\n\ndef run(query):\n    connection.cursor().execute(query + \" -- "+canary+"\")\n")
	for _, format := range []string{"json", "sarif", "csv"} {
		got := inProcess(t, nil, "scan", "--engines", "secrets,code", "--format", format, r.dir)
		require.Contains(t, got.stdout, "python-sql-injection", got.stderr)
		require.NotContains(t, got.stdout+got.stderr, canary[:8], format)
	}
}
