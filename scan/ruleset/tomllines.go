package ruleset

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lines maps the tables and keys of a TOML document to their lines. The key is the path in lower case: "rules.2" is the
// third [[rules]], "rules.2.regex" its key. Lines count from 1.
type lines map[string]int

// at returns the line of a path, or of the nearest enclosing one; 0 if none is known.
func (l lines) at(path string) int {
	for {
		if line, ok := l[path]; ok {
			return line
		}
		cut := strings.LastIndexByte(path, '.')
		if cut < 0 {
			return 0
		}
		path = path[:cut]
	}
}

// readLines walks a document that was parsed without an error before.
func readLines(data []byte) lines {
	found := make(lines)
	tables := make(map[string]int)
	var parser unstable.Parser
	parser.Reset(data)
	prefix := ""
	for parser.NextExpression() {
		expression := parser.Expression()
		var names []string
		line := 0
		for keys := expression.Key(); keys.Next(); {
			key := keys.Node()
			names = append(names, strings.ToLower(string(key.Data)))
			line = parser.Shape(key.Raw).Start.Line
		}
		switch expression.Kind {
		case unstable.ArrayTable:
			table := resolveTables(tables, names[:len(names)-1], names[len(names)-1])
			prefix = fmt.Sprintf("%s.%d", table, tables[table])
			tables[table]++
			found[prefix] = line
			prefix += "."
		case unstable.Table:
			prefix = resolveTables(tables, names[:len(names)-1], names[len(names)-1])
			found[prefix] = line
			prefix += "."
		case unstable.KeyValue:
			found[prefix+strings.Join(names, ".")] = line
		}
	}
	return found
}

// resolveTables adds the index of the newest table to each name of an array of tables.
func resolveTables(tables map[string]int, names []string, last string) string {
	path := ""
	for _, name := range names {
		path += name
		if n := tables[path]; n > 0 {
			path += fmt.Sprintf(".%d", n-1)
		}
		path += "."
	}
	return path + last
}
