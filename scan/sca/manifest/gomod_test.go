package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
)

func TestGoMod(t *testing.T) {
	t.Parallel()
	files := map[string]string{"go.mod": `module example.org/shop // the shop

go 1.21

toolchain go1.22.3-custom

require example.org/direct v1.2.3
require (
	example.org/indirect/v2 v2.0.1+incompatible // indirect
	example.org/pseudo v0.0.0-20240102030405-0123456789ab // indirect; why
	"example.org/quoted" v1.0.0 // not indirect
	example.org/forked v1.0.0
	example.org/pinned v1.0.0 // indirect
	example.org/local v1.0.0
	example.org/lint v1.5.0 // indirect
)

exclude example.org/direct v1.2.2
retract [v1.0.0, v1.1.0]
replace (
	example.org/forked => example.net/fork v1.1.0
	example.org/pinned v1.0.0 => example.org/pinned v1.0.9
	example.org/pinned v0.9.0 => example.org/pinned v0.9.9
	example.org/local => ../local
	example.org/nobody => example.net/nobody v1.0.0
)
tool example.org/lint/cmd/lint
ignore ./node
`}
	packages := tree(t, files)
	require.Equal(t, `go.mod:5 stdlib 1.22.3 direct
go.mod:7 example.org/direct 1.2.3 direct
go.mod:9 example.org/indirect/v2 2.0.1+incompatible transitive
go.mod:10 example.org/pseudo 0.0.0-20240102030405-0123456789ab transitive
go.mod:11 example.org/quoted 1.0.0 direct
go.mod:15 example.org/lint 1.5.0 direct dev
go.mod:21 example.net/fork 1.1.0 direct
go.mod:22 example.org/pinned 1.0.9 transitive
`, listed(packages))
	require.Equal(t, `go1.22.3-custom
example.org/direct
example.org/indirect/v2
example.org/pseudo
"example.org/quoted"
example.org/lint
example.net/fork
example.org/pinned
`, marked(files, packages))
}

func TestGoModGivesTheLanguageWithoutAToolchain(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a/go.mod:2 stdlib 1.21 direct\nb/go.mod:2 stdlib 1.23.1 direct\ngo.work:1 stdlib 1.24.2 direct\n", listed(tree(t, map[string]string{
		"a/go.mod": "\ufeffmodule a\r\ngo 1.21\r\n",
		"b/go.mod": "module b\ngo 1.23.1\ntoolchain default\n",
		"c/go.mod": "module c\n",
		"d/go.mod": " \n\t",
		"go.work":  "go 1.24.2\nuse ./a\nreplace x => y v1\n",
	})))
}

func TestGoModReadsOnBehindAProblem(t *testing.T) {
	t.Parallel()
	doc, err := manifest.Read("go.mod", []byte("require a\nrequire b v1.0.0\nrequire (\n\tc v1.0.0\n"))
	require.EqualError(t, err, "line 1: a directive without its words")
	require.Len(t, doc.Entries, 2)
	_, err = manifest.Read("go.mod", []byte("require \"a v1\n"))
	require.EqualError(t, err, "line 1: a quote is not closed")
	_, err = manifest.Read("go.mod", []byte("require (\n\tc v1.0.0\n"))
	require.EqualError(t, err, "line 3: a block is not closed")
}
