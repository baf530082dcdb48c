package flow

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/code/javascript"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/project"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// packages is a web of packages that have nothing to do with one another, in which all names are the same: a file with a function that holds an end,
// one that hands on all of it, and two whose functions call it.
func packages(count int) (w *Web, ends map[int][]uint32, where []int) {
	texts := []string{
		"export function get(x) { return end(x); }\nexport function run(x) { return get(x); }\n",
		"export * from './a.js';\nexport {get as take} from './a.js';\n",
		"import * as b from './b.js';\nexport function run(x) { return b.run(x); }\n",
		"import {take} from './b.js';\nimport {run} from './c.js';\nexport function main(x) { return take(x) + run(x); }\n",
	}
	var list []project.File
	for i := range count {
		for j, text := range texts {
			list = append(list, project.File{Path: fmt.Sprintf("p%05d/%c.js", i, 'a'+j), Facts: project.Read(tree.JavaScript, text)})
		}
	}
	ends = map[int][]uint32{}
	for i := range list {
		where = append(where, i)
		if i%len(texts) == 0 {
			ends[i] = []uint32{35}
		}
	}
	index := project.NewIndex(list, nil)
	return NewWeb(index.Graph(), func(i int) *match.File {
		return match.NewFile(javascript.Parse(texts[i%len(texts)], javascript.JavaScript))
	}), ends, where
}

func TestLeadingReachesAllOfEachPackage(t *testing.T) {
	w, ends, where := packages(3)
	leading := w.ToSources(ends, where)
	require.Len(t, leading.sections, 12, "each file of each package leads to the end of its package")
	delete(ends, 4)
	leading = w.ToSources(ends, where)
	require.Len(t, leading.sections, 8)
	require.NotContains(t, leading.sections, 5)
}

func TestTheSameNamesInManyPackagesTakeLinearWork(t *testing.T) {
	work := func(count int) int {
		w, ends, where := packages(count)
		w.ToSources(ends, where)
		return w.work
	}
	few, many := work(50), work(500)
	require.Positive(t, few)
	require.LessOrEqual(t, many, 11*few)
}
