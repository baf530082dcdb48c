package secret

import "sync"

// builtinRules are the built-in rules, ordered by id. They come from builtin_table.go, which a test makes of the files in
// rules and holds to them: to read 220 KB of YAML takes longer than to scan a few hundred files.
var builtinRules = sync.OnceValue(func() []Rule {
	for i := range builtinTable {
		builtinTable[i].prepare()
		builtinTable[i].index = i
	}
	return builtinTable
})
