package secret

import (
	"slices"
	"sync"
)

//go:generate go test -run ^TestBuiltinTable$ . -update

// builtinRules are the built-in rules, ordered by id. They come from builtin_gen.go, which a test makes of the files in
// rules and holds to them: to read 220 KB of YAML takes longer than to scan a few hundred files.
var builtinRules = sync.OnceValue(func() []Rule {
	// The table itself is never changed.
	rules := slices.Clone(builtinTable)
	for i := range rules {
		rules[i].prepare()
		rules[i].index = i
	}
	return rules
})
