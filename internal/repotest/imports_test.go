package repotest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/sluice-scan/sluice"

// goPackage is the output of go list for a package.
type goPackage struct {
	ImportPath, Dir  string
	Name             string
	GoFiles, Imports []string
	Standard         bool
}

// ours returns the packages of this module, without their tests, by their path in the module ("" is main).
func ours(t *testing.T) map[string]goPackage {
	t.Helper()
	out, code := run(t, ".", os.Environ(), "go", "list", "-deps", "-json=ImportPath,Dir,Name,GoFiles,Imports,Standard", "./...")
	require.Zero(t, code, out)
	packages := map[string]goPackage{}
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if name, ok := own(p.ImportPath); ok {
			packages[name] = p
		}
	}
	require.Greater(t, len(packages), 8)
	return packages
}

// own returns the path of a package in the module.
func own(importPath string) (string, bool) {
	if importPath == module {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// imports returns our packages that this one imports directly.
func (p goPackage) imports() []string {
	var list []string
	for _, path := range p.Imports {
		if name, ok := own(path); ok {
			list = append(list, name)
		}
	}
	return list
}

// manifestRooms are the readers of dependencies: one for each family of tools.
var manifestRooms = []string{"dotnet", "ecosystems", "golang", "gradle", "image", "maven", "npm", "python", "sbom"}

// storeRooms are the rooms of the store over internal/store/db, each with those below it that it imports.
var storeRooms = map[string][]string{
	"accounts":      nil,
	"audit":         nil,
	"allowance":     nil,
	"connections":   nil,
	"dependencies":  nil,
	"exchanges":     {"allowance"},
	"installations": {"allowance"},
	"settings":      nil,
	"status":        {"settings"},
	"trends":        {"status"},
	"retention":     {"settings", "trends"},
	"policy":        {"settings", "status"},
	"queue":         {"settings", "status"},
	"mails":         {"queue", "status"},
	"reviews":       {"policy", "settings", "status"},
	"rights":        {"accounts"},
	"findings":      {"dependencies", "policy", "queue", "status"},
	"catalog":       {"queue", "settings", "status"},
	"sessions":      {"accounts"},
}

// serverRooms are the resources of the REST API, with what each may import beside the core of the API and the store.
var serverRooms = map[string][]string{
	"accounts":     nil,
	"connections":  {"internal/connected", "internal/connection", "scan"},
	"findings":     {"internal/export", "internal/isodate", "internal/quote", "internal/triage", "scan"},
	"forge":        {"internal/connected", "internal/forge"},
	"hooks":        {"internal/hookmode", "scan"},
	"mails":        {"internal/mail", "internal/seal", "scan"},
	"operations":   {"internal/export", "internal/loglevel"},
	"reviews":      {"internal/isodate", "internal/reviewed", "internal/seal", "scan/ruleset"},
	"rules":        {"internal/rulebook", "scan/ruleset", "scan/secret"},
	"sbom":         {"internal/export", "scan/format"},
	"scanning":     nil,
	"scans":        {"internal/scanqueue"},
	"schedules":    nil,
	"status":       {"scan"},
	"dependencies": {"scan"},
}

// dashboardRooms are the rooms of the pages, with what each may import beside the core of the pages and the store.
var dashboardRooms = map[string][]string{
	"scans":        {"internal/scanqueue"},
	"signin":       {"internal/seal"},
	"downloads":    {"internal/export", "internal/quote", "scan/format"},
	"status":       {"internal/dashboard/downloads", "internal/dashboard/scans"},
	"analysis":     {"internal/dashboard/downloads", "internal/dashboard/scans", "scan"},
	"finding":      {"internal/quote", "internal/triage", "scan"},
	"profile":      nil,
	"rules":        {"internal/rulebook", "scan", "scan/display"},
	"settings":     {"internal/connected", "internal/connection", "internal/export", "internal/forge", "internal/mail", "internal/seal", "internal/hookmode", "internal/isodate", "internal/loglevel", "scan"},
	"dependencies": {"scan"},
	"findings":     {"scan"},
	"reviewed":     {"internal/reviewed", "internal/seal", "internal/isodate"},
	"trends":       {"scan"},
}

// TestImportsGoDownwards is the rule of ARCHITECTURE.md.
func TestImportsGoDownwards(t *testing.T) {
	t.Parallel()
	packages := ours(t)
	// What a package may import of ours; the others are bound by the rules below.
	allowed := map[string][]string{
		"":                             {"internal/cli", "internal/cli/serve", "internal/process", "internal/reachability"},
		"scan":                         nil,
		"scan/code":                    {"scan", "scan/code/dockerfile", "scan/code/flow", "scan/code/golang", "scan/code/hcl", "scan/code/java", "scan/code/javascript", "scan/code/json", "scan/code/match", "scan/code/project", "scan/code/python", "scan/code/rule", "scan/code/ruletest", "scan/code/search", "scan/code/tree", "scan/code/yaml"},
		"scan/code/pack":               {"scan/code"},
		"scan/code/analysis":           {"scan/secret/ascii", "scan/secret/looks"},
		"scan/code/compare":            nil,
		"scan/code/rule":               {"scan", "scan/code/analysis", "scan/code/compare", "scan/secret/match"},
		"scan/code/ruletest":           {"scan/code/rule"},
		"scan/format":                  {"scan", "scan/sarif", "scan/sbom"},
		"scan/git":                     {"scan", "scan/git/object"},
		"scan/git/object":              nil,
		"scan/ruleset":                 {"scan", "scan/secret", "scan/secret/match"},
		"scan/secret":                  {"scan", "scan/secret/ascii", "scan/secret/builtin", "scan/secret/decode", "scan/secret/found", "scan/secret/guess", "scan/secret/key", "scan/secret/login", "scan/secret/looks", "scan/secret/match", "scan/secret/notation", "scan/secret/page", "scan/secret/pattern", "scan/secret/rule"},
		"scan/secret/ascii":            nil,
		"scan/secret/builtin":          {"scan", "scan/secret/rule"},
		"scan/secret/builtin/source":   {"scan", "scan/secret/check", "scan/secret/match", "scan/secret/rule"},
		"scan/secret/check":            {"scan", "scan/secret/ascii", "scan/secret/coding", "scan/secret/looks", "scan/secret/wordlist"},
		"scan/secret/coding":           {"scan/secret/ascii"},
		"scan/secret/decode":           {"scan/secret/ascii", "scan/secret/check", "scan/secret/coding", "scan/secret/found", "scan/secret/looks", "scan/secret/notation", "scan/secret/page"},
		"scan/secret/found":            {"scan", "scan/secret/ascii", "scan/secret/check", "scan/secret/looks", "scan/secret/match", "scan/secret/page", "scan/secret/rule"},
		"scan/secret/guess":            {"scan", "scan/secret/ascii", "scan/secret/check", "scan/secret/found", "scan/secret/looks", "scan/secret/match", "scan/secret/notation", "scan/secret/odds", "scan/secret/page", "scan/secret/rule", "scan/secret/wordlist"},
		"scan/secret/key":              {"scan", "scan/secret/ascii", "scan/secret/check", "scan/secret/coding", "scan/secret/found", "scan/secret/looks", "scan/secret/page", "scan/secret/rule"},
		"scan/secret/login":            {"scan", "scan/secret/ascii", "scan/secret/check", "scan/secret/found", "scan/secret/looks", "scan/secret/match", "scan/secret/notation", "scan/secret/page"},
		"scan/secret/looks":            {"scan/secret/ascii", "scan/secret/coding", "scan/secret/match", "scan/secret/odds", "scan/secret/wordlist"},
		"scan/secret/match":            {"scan/secret/ascii"},
		"scan/secret/notation":         {"scan/secret/ascii", "scan/secret/coding", "scan/secret/looks", "scan/secret/wordlist"},
		"scan/secret/page":             {"scan", "scan/secret/ascii", "scan/secret/check", "scan/secret/notation", "scan/secret/wordlist"},
		"scan/secret/odds":             {"scan/secret/ascii"},
		"scan/secret/odds/train":       {"scan/secret/odds"},
		"scan/secret/pattern":          {"scan", "scan/secret/ascii", "scan/secret/check", "scan/secret/found", "scan/secret/looks", "scan/secret/match", "scan/secret/page", "scan/secret/rule"},
		"scan/secret/rule":             {"scan", "scan/secret/ascii", "scan/secret/check", "scan/secret/match"},
		"scan/secret/verify":           {"scan", "scan/secret/rule"},
		"scan/secret/wordlist":         {"scan/secret/ascii", "scan/secret/match"},
		"scan/code/lex":                nil,
		"scan/code/match":              {"scan/code/lex", "scan/code/rule", "scan/code/tree", "scan/secret/match"},
		"scan/code/generic":            {"scan/code/lex"},
		"scan/code/flow":               {"scan/code/lex", "scan/code/match", "scan/code/project", "scan/code/rule", "scan/code/search", "scan/code/tree"},
		"scan/code/project":            {"scan/code/tree"},
		"scan/code/search":             {"scan/code/compare", "scan/code/generic", "scan/code/match", "scan/code/rule", "scan/code/tree", "scan/secret/match"},
		"scan/code/dockerfile":         {"scan/code/lex", "scan/code/tree"},
		"scan/code/golang":             {"scan/code/lex", "scan/code/tree"},
		"scan/code/hcl":                {"scan/code/lex", "scan/code/tree"},
		"scan/code/java":               {"scan/code/lex", "scan/code/tree"},
		"scan/code/javascript":         {"scan/code/lex", "scan/code/tree"},
		"scan/code/json":               {"scan/code/lex", "scan/code/tree"},
		"scan/code/python":             {"scan/code/lex", "scan/code/tree"},
		"scan/code/yaml":               {"scan/code/lex", "scan/code/tree"},
		"scan/code/tree":               nil,
		"scan/sca":                     {"scan", "scan/sca/advisory", "scan/sca/manifest", "scan/sca/manifest/document"},
		"scan/sca/manifest/document":   {"scan"},
		"scan/sca/manifest/syntax":     {"scan/sca/manifest/document"},
		"internal/osv":                 {"scan", "scan/sca", "scan/sca/advisory"},
		"internal/reachability":        {"scan"},
		"internal/store":               {"internal/store/db"},
		"internal/store/catalog":       {"internal/connection"},
		"internal/store/db":            nil,
		"internal/store/findings":      {"scan"},
		"internal/store/trends":        {"scan"},
		"internal/store/dependencies":  {"scan"},
		"internal/store/status":        {"scan"},
		"internal/store/scope":         {"internal/store/db"},
		"internal/connection":          {"scan", "scan/git"},
		"internal/cutwire":             nil,
		"internal/mail":                {"internal/seal", "internal/store", "internal/store/db", "scan"},
		"internal/seal":                nil,
		"internal/reviewed":            {"internal/access", "internal/store/db", "internal/store/reviews", "internal/isodate"},
		"internal/openid":              {"internal/access", "internal/store/accounts", "scan"},
		"internal/access":              {"internal/store/db", "internal/store/scope", "internal/store/accounts", "internal/store/audit", "internal/store/catalog"},
		"internal/scanqueue":           {"internal/access", "internal/store/db", "internal/store/queue", "internal/store/scope"},
		"internal/server":              {"internal/access", "internal/connection", "internal/export", "internal/loglevel", "internal/quote", "internal/scanqueue", "internal/seal", "internal/server/api", "internal/store"},
		"internal/dashboard":           {"internal/access", "internal/connection", "internal/dashboard/page", "internal/export", "internal/scanqueue", "internal/seal", "internal/store", "scan", "scan/secret"},
		"internal/triage":              {"internal/store/accounts", "internal/store/db", "internal/store/findings"},
		"internal/export":              {"internal/access", "internal/quote", "internal/store/audit", "internal/store/catalog", "internal/store/db", "internal/store/findings", "internal/store/scope", "internal/store/settings", "scan", "scan/format"},
		"internal/quote":               {"internal/store/findings"},
		"internal/dashboard/page":      {"internal/access", "internal/dashboard/figure", "internal/store/accounts", "internal/store/audit", "internal/store/db", "internal/store/sessions"},
		"internal/dashboard/figure":    {"internal/store/catalog", "internal/store/findings", "internal/store/status", "scan"},
		"internal/server/api":          {"internal/access", "internal/isodate", "internal/store/audit", "internal/store/catalog", "internal/store/db"},
		"internal/demo":                {"internal/connection", "internal/store", "internal/store/db", "internal/store/scope", "internal/worker", "scan/sca/advisory"},
		"internal/hookmode":            {"internal/store/catalog", "internal/store/settings"},
		"internal/isodate":             nil,
		"internal/loglevel":            nil,
		"internal/rulebook":            {"internal/store/policy", "scan", "scan/ruleset", "scan/secret"},
		"internal/worker":              {"internal/connection", "internal/engine", "internal/osv", "internal/variable", "internal/store", "internal/store/db", "internal/store/scope", "scan", "scan/format", "scan/git", "scan/ruleset", "scan/sca", "scan/sca/advisory", "scan/secret"},
		"internal/variable":            {"scan"},
		"internal/store/terms":         {"internal/store/db"},
		"internal/engine":              {"internal/osv", "internal/reachability", "internal/variable", "scan", "scan/archive", "scan/cache", "scan/code", "scan/code/pack", "scan/code/rule", "scan/git", "scan/ruleset", "scan/sarif", "scan/sca", "scan/sca/advisory", "scan/secret", "scan/secret/verify"},
		"internal/hook":                {"scan", "scan/git", "scan/ruleset", "scan/secret"},
		"insights":                     {"internal/bitbucket", "scan"},
		"internal/bitbucket":           nil,
		"internal/fakebitbucket":       nil,
		"cmd/sluice-pipe":              {"internal/cli", "internal/process"},
		"internal/process":             nil,
		"internal/fakebitbucket/fault": {"internal/fakebitbucket"},
		"internal/fakebitbucket/site":  {"internal/fakebitbucket", "internal/fakebitbucket/ground"},
		"internal/mirror":              {"scan"},
		"internal/handover":            {"internal/seal", "internal/store/db", "internal/store/exchanges"},
		"internal/forge":               {"internal/bitbucket", "internal/connection", "internal/credential", "internal/handover", "internal/seal", "internal/store/db", "internal/store/exchanges", "internal/store/installations"},
		"internal/credential":          {"internal/bitbucket", "internal/connection"},
		"internal/datacenter":          {"internal/bitbucket", "internal/connection", "internal/credential", "internal/mirror"},
		"internal/connected":           {"insights", "scan", "internal/store/findings", "internal/store/queue", "internal/store/settings", "internal/bitbucket", "internal/cloud", "internal/comment", "internal/connection", "internal/credential", "internal/datacenter", "internal/mirror", "internal/seal", "internal/store", "internal/store/catalog", "internal/store/connections", "internal/store/db", "internal/worker", "internal/access", "internal/store/accounts", "internal/store/rights"},
		"internal/cloud":               {"internal/bitbucket", "internal/connection", "internal/credential", "internal/mirror"},
		"internal/comment":             {"insights", "scan"},

		"internal/fakebitbucket/ground":    nil,
		"internal/fakebitbucket/workspace": {"internal/fakebitbucket", "internal/fakebitbucket/ground"},
	}
	// Rooms of one mechanism each, which import none of ours and which every other may import.
	everyones := []string{"scan/atomicfile", "scan/display", "scan/jsonstream", "scan/linediff", "scan/pace", "scan/weblink", "scan/webpage"}
	for _, name := range everyones {
		allowed[name] = nil
	}
	allowed["scan/sca/manifest"] = []string{"scan", "scan/sca/manifest/document", "scan/sca/manifest/syntax"}
	for _, room := range manifestRooms {
		name := "scan/sca/manifest/" + room
		allowed[name] = append(allowed[name], "scan", "scan/sca/manifest/document", "scan/sca/manifest/syntax")
		allowed["scan/sca/manifest"] = append(allowed["scan/sca/manifest"], name)
	}
	for room, below := range storeRooms {
		name := "internal/store/" + room
		allowed[name] = append(allowed[name], "internal/store/db", "internal/store/scope", "internal/store/terms")
		for _, other := range below {
			allowed[name] = append(allowed[name], "internal/store/"+other)
		}
		// eachFile parses the files of all packages, without their tests.
		for _, caller := range []string{"internal/demo", "internal/mail", "internal/store", "internal/worker"} {
			allowed[caller] = append(allowed[caller], name)
		}
	}
	for room, below := range serverRooms {
		name := "internal/server/" + room
		allowed[name] = append([]string{"internal/access", "internal/server/api", "internal/store/db", "internal/store/scope"}, below...)
		for stored := range storeRooms {
			allowed[name] = append(allowed[name], "internal/store/"+stored)
		}
		allowed["internal/server"] = append(allowed["internal/server"], name)
	}
	for room, below := range dashboardRooms {
		name := "internal/dashboard/" + room
		allowed[name] = append([]string{"internal/access", "internal/dashboard/figure", "internal/dashboard/page", "internal/store/db", "internal/store/scope"}, below...)
		for stored := range storeRooms {
			allowed[name] = append(allowed[name], "internal/store/"+stored)
		}
		allowed["internal/dashboard"] = append(allowed["internal/dashboard"], name)
	}
	for name := range allowed {
		require.Contains(t, packages, name)
	}
	for name, p := range packages {
		list, bound := allowed[name]
		if !bound && p.Name != "main" && strings.HasPrefix(name, "scan/") {
			list, bound = []string{"scan"}, true
		}
		for _, imported := range p.imports() {
			if bound && (slices.Contains(everyones, name) || !slices.Contains(everyones, imported)) {
				require.Contains(t, list, imported, "%s must not import %s", p.ImportPath, imported)
			}
			if p.Name != "main" && name != "internal/cli/serve" {
				require.NotEqual(t, "internal/cli", imported, "%s: main alone starts the program", p.ImportPath)
			}
			if name != "" {
				require.NotEqual(t, "internal/cli/serve", imported, "%s: the full program alone has the server", p.ImportPath)
			}
		}
		for _, word := range []string{"util", "utils", "common", "helper", "helpers", "types", "models", "manager", "misc"} {
			require.NotEqual(t, word, path.Base(name), "%s says nothing of what is in it", p.ImportPath)
		}
	}
}

// TestTheDomainKnowsNoNetworkAndNoGit checks everything that is linked into scan.
func eachFile(t *testing.T, visit func(name string, file *ast.File, at func(token.Pos) int)) {
	t.Helper()
	for pkg, p := range ours(t) {
		for _, file := range p.GoFiles {
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			visit(path.Join(pkg, file), parsed, func(pos token.Pos) int { return set.Position(pos).Line })
		}
	}
}

// TestAConnectionKnowsNoDatabase checks everything that is linked into internal/connection.
func TestTheDomainKnowsNoNetworkAndNoGit(t *testing.T) {
	t.Parallel()
	out, code := run(t, ".", os.Environ(), "go", "list", "-deps", "./scan")
	require.Zero(t, code, out)
	linked := strings.Fields(out)
	require.Contains(t, linked, module+"/scan", "the search itself works")
	for _, name := range linked {
		require.False(t, name == "net" || name == "os/exec" || strings.HasPrefix(name, "net/http"), "scan reaches %s", name)
	}
	for name, p := range ours(t) {
		for _, path := range p.Imports {
			require.False(t, strings.HasPrefix(path, "github.com/go-git/") && !strings.HasPrefix(name, "scan/git"), "%s imports %s: scan/git alone reads git", name, path)
		}
	}
}

// TestScansLinkNoPublishing checks everything that is linked into the scans of a server.
func TestAConnectionKnowsNoDatabase(t *testing.T) {
	t.Parallel()
	out, code := run(t, ".", os.Environ(), "go", "list", "-deps", "./internal/datacenter", "./internal/cloud")
	require.Zero(t, code, out)
	linked := strings.Fields(out)
	for _, name := range []string{"connection", "mirror"} {
		require.Contains(t, linked, module+"/internal/"+name, "the search itself works")
	}
	for _, name := range linked {
		require.False(t, name == "database/sql" || strings.HasPrefix(name, module+"/internal/store"), "connection reaches %s", name)
	}
}

// Only main may end the process or read its environment.
func TestScansLinkNoPublishing(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"internal/engine", "internal/worker"} {
		out, code := run(t, ".", os.Environ(), "go", "list", "-deps", "./"+from)
		require.Zero(t, code, out)
		linked := strings.Fields(out)
		require.Contains(t, linked, module+"/internal/variable", "the search itself works")
		for _, name := range []string{"insights", "internal/bitbucket", "internal/fakebitbucket", "internal/pipe", "internal/preview"} {
			require.NotContains(t, linked, module+"/"+name, "%s reaches %s", from, name)
		}
	}
}

// linked gives the packages that a program is linked with.
func linked(t *testing.T, program string) []string {
	t.Helper()
	out, code := run(t, ".", os.Environ(), "go", "list", "-deps", program)
	require.Zero(t, code, out)
	return strings.Fields(out)
}

// TestNoProgramHasTestsInIt finds what tests alone may link: faults, cut wires, databases and repositories made for tests.
func TestNoProgramHasTestsInIt(t *testing.T) {
	t.Parallel()
	var tests []string
	for name := range ours(t) {
		if strings.HasPrefix(path.Base(name), "test") || slices.Contains([]string{"internal/fakebitbucket/fault", "internal/cutwire", "internal/repotest"}, name) {
			tests = append(tests, module+"/"+name)
		}
	}
	require.GreaterOrEqual(t, len(tests), 7)
	for _, program := range []string{".", "./cmd/sluice-pipe"} {
		for _, name := range linked(t, program) {
			require.NotContains(t, tests, name, program)
			require.NotEqual(t, "testing", name, program)
		}
	}
}

// TestThePipesProgramHasNoServerInIt looks at everything that the program of the pipe's image is linked with.
func TestThePipesProgramHasNoServerInIt(t *testing.T) {
	t.Parallel()
	heavy := []string{
		"database/sql", "modernc.org/", "github.com/jackc/pgx/", "github.com/pressly/goose/", "github.com/wneessen/go-mail", "golang.org/x/vuln/", "golang.org/x/tools/",
		module + "/internal/store", module + "/internal/server", module + "/internal/dashboard", module + "/internal/worker", module + "/internal/cli/serve",
	}
	full := linked(t, ".")
	for _, prefix := range heavy {
		has := func(name string) bool { return strings.HasPrefix(name, prefix) }
		require.True(t, slices.ContainsFunc(full, has), "the full program has %s, so the search works", prefix)
		require.False(t, slices.ContainsFunc(linked(t, "./cmd/sluice-pipe"), has), "the program of the pipe's image is linked with %s", prefix)
	}
}

func TestOnlyTheFilesThatBuildAReportReadAResult(t *testing.T) {
	t.Parallel()
	var files []string
	eachFile(t, func(name string, file *ast.File, _ func(token.Pos) int) {
		if path.Dir(name) == "insights" && slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(module+"/scan") }) {
			files = append(files, name)
		}
	})
	require.Equal(t, []string{"insights/annotation.go", "insights/build.go", "insights/details.go"}, files)
}

// A separate tool of ours has its own process.
func TestTheProcessBelongsToMain(t *testing.T) {
	t.Parallel()
	forbidden := []string{
		"os.Exit", "os.Getenv", "os.LookupEnv", "os.Environ", "os.Setenv", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Print", "log.Printf", "log.Println",
		"syscall.Exit", "syscall.Getenv",
	}
	seen := map[string]bool{}
	eachFile(t, func(name string, file *ast.File, line func(token.Pos) int) {
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := selector.X.(*ast.Ident); ok {
				word := pkg.Name + "." + selector.Sel.Name
				switch {
				case name == "main.go":
					seen[word] = true
				case file.Name.Name == "main" && path.Base(name) == "main.go":
					// The table of modules must match the imports of the program and its tests.
				default:
					require.NotContains(t, forbidden, word, "%s:%d", name, line(n.Pos()))
				}
			}
			return true
		})
	})
	require.True(t, seen["os.Exit"] && seen["os.LookupEnv"], "the search itself works")
}

// The drawing of the tree must contain every package.
func TestArchitectureNamesEveryDependency(t *testing.T) {
	t.Parallel()
	out, code := run(t, ".", os.Environ(), "go", "list", "-f", `{{range .Imports}}{{.}} {{end}}{{range .TestImports}}{{.}} {{end}}{{range .XTestImports}}{{.}} {{end}}`, "./...")
	require.Zero(t, code, out)
	imported := map[string]bool{}
	for _, name := range strings.Fields(out) {
		if _, mine := own(name); mine || !strings.Contains(strings.SplitN(name, "/", 2)[0], ".") {
			continue
		}
		parts := strings.Split(strings.TrimPrefix(name, "github.com/"), "/")
		length := 2
		if strings.HasPrefix(name, "golang.org/x/") {
			length = 3
		}
		imported[strings.Join(parts[:length], "/")] = true
	}
	text := readText(t, "ARCHITECTURE.md")
	_, table, found := strings.Cut(text, "\n## Dependencies\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n## ")
	named := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \|`).FindAllStringSubmatch(table, -1)[1:] {
		for name := range strings.SplitSeq(row[1], ", ") {
			named[name] = true
		}
	}
	require.Equal(t, slices.Sorted(maps.Keys(imported)), slices.Sorted(maps.Keys(named)))
}

// TestArchitectureDrawsEveryPackage holds the drawing of the tree to the packages that there are.
func TestArchitectureDrawsEveryPackage(t *testing.T) {
	t.Parallel()
	_, tree, found := strings.Cut(readText(t, "ARCHITECTURE.md"), "\n## The tree\n```\n")
	require.True(t, found)
	tree, _, _ = strings.Cut(tree, "```")
	drawn := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)^([a-z/]+)/ `).FindAllStringSubmatch(tree, -1) {
		drawn[found[1]] = true
	}
	for name, p := range ours(t) {
		require.True(t, p.Name == "main" || drawn[name], "%s is not drawn", name)
		delete(drawn, name)
	}
	delete(drawn, "examples")
	require.Empty(t, drawn, "drawn and not there")
}
