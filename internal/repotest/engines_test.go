package repotest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
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

// engineHomes are where the name of an engine may stand: its own package and what lies below it, and the one table.
var engineHomes = map[string]string{"secrets": "scan/secret", "dependencies": "scan/sca", "import": "scan/sarif", "code": "scan/code"}

const engineTable = "internal/engine/registered.go"

// TestNobodyAsksForAnEngineByItsName finds every constant of the type scan.Engine, whatever it is called, and every name of
// an engine in the text of a query. What an engine is must be asked of its row.
func TestNobodyAsksForAnEngineByItsName(t *testing.T) {
	t.Parallel()
	exports := exportData(t)
	found := map[string]bool{}
	for name, p := range ours(t) {
		set := token.NewFileSet()
		var files []*ast.File
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(set, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files = append(files, parsed)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		config := types.Config{Importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
		_, err := config.Check(p.ImportPath, set, files, info)
		require.NoError(t, err)
		for expr, value := range info.Types {
			position := set.Position(expr.Pos())
			file := path.Join(name, filepath.Base(position.Filename))
			var engine string
			switch {
			case value.Value == nil || value.Value.Kind() != constant.String:
				continue
			case value.Type.String() == module+"/scan.Engine":
				engine = constant.StringVal(value.Value)
			default:
				if named := queriedEngine.FindStringSubmatch(constant.StringVal(value.Value)); named != nil {
					engine = named[1]
				}
			}
			if engine == "" {
				continue
			}
			found[engine+" in "+file] = true
			home := engineHomes[engine]
			require.True(t, file == engineTable || home != "" && (name == home || strings.HasPrefix(name, home+"/")),
				"%s:%d names the engine %s; ask its row (scan.Engine.Info), or its detector's Wants", file, position.Line, strconv.Quote(engine))
		}
	}
	for _, want := range []string{"code in " + engineTable, "secrets in scan/secret/detector.go"} {
		require.True(t, found[want], "the search itself works")
	}
	require.Equal(t, "code", queriedEngine.FindStringSubmatch("f.engine <> 'code'")[1], "the search itself works")
}

// queriedEngine matches the name of an engine in a query.
var queriedEngine = regexp.MustCompile(`(?i)\bengine\s*(?:=|<>|!=|in|like|when)\s*\(?\s*'([a-z]+)'`)

// exportData gives the file with what a package exports, by the package's path, for all that the program is linked with.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	out, code := run(t, ".", os.Environ(), "go", "list", "-deps", "-export", "-json=ImportPath,Export", "./...")
	require.Zero(t, code, out)
	files := map[string]string{}
	for decoder := json.NewDecoder(strings.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return files
		}
		require.NoError(t, err)
		files[p.ImportPath] = p.Export
	}
}

// TestEveryProgramHasTheTableOfEngines: without it, reports would leave engines out, and the store would count all findings.
func TestEveryProgramHasTheTableOfEngines(t *testing.T) {
	t.Parallel()
	programs := 0
	for name, p := range ours(t) {
		if p.Name != "main" {
			continue
		}
		out, code := run(t, ".", os.Environ(), "go", "list", "-deps", "./"+name)
		require.Zero(t, code, out)
		linked := strings.Fields(out)
		for _, asks := range []string{"insights", "internal/server", "internal/store/status", "scan/format", "scan/sbom"} {
			if slices.Contains(linked, module+"/"+asks) {
				programs++
				require.Contains(t, linked, module+"/internal/engine", "%s links %s, which asks the table of engines; import internal/engine", p.ImportPath, asks)
			}
		}
	}
	require.Positive(t, programs, "the search itself works")
}
