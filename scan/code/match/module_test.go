package match

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/javascript"
)

func TestNamesOfRequiredModules(t *testing.T) {
	t.Parallel()
	parsed, err := javascript.ParsePattern("child_process.exec($X)", javascript.JavaScript)
	require.NoError(t, err)
	pattern, err := Compile(parsed, options(t))
	require.NoError(t, err)
	for source, want := range map[string]int{
		"const {exec} = require('node:child_process'); exec(a)":                                                        1,
		"import {exec as run} from 'node:child_process'; run(a)":                                                       1,
		"const run = require('child_process').exec; run(a)":                                                            1,
		"const util = require('util'); const run = util.promisify(require('child_process').exec); run(a)":              1,
		"const {exec} = require('child_process'); const run = require('util').promisify(exec); run(a)":                 1,
		"const cp = require('child_process'); const {promisify} = require('util'); const r = promisify(cp.exec); r(a)": 1,
		"const run = require('other').exec; run(a)":                                                                    0,
		"const run = promisify(cp.exec); run(a)":                                                                       0,
	} {
		found := Search(NewFile(javascript.Parse(source, javascript.JavaScript)), []*Pattern{pattern})
		require.Len(t, found[0].Matches, want, source)
	}
}
