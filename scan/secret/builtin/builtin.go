// Package builtin holds the rules that come with the program.
//
// People edit the YAML files in rules. The generator turns them into table_gen.go, because reading 220 KB of YAML at every
// start takes longer than scanning a few hundred files. Run go generate after an edit; a test compares the two.
package builtin

import (
	"slices"
	"sync"

	"github.com/sluice-scan/sluice/scan/secret/rule"
)

//go:generate go run ./generate -rules rules -table table_gen.go

// Table returns the built-in rules, ordered by id. All callers share the slice and must not change it; the copies of a rule
// share its compiled expression.
var Table = sync.OnceValue(func() []rule.Rule {
	rules := slices.Clone(table)
	for i := range rules {
		rules[i].Prepare()
	}
	return rules
})

// IDs returns the ids of the built-in rules, sorted.
func IDs() []string {
	rules := Table()
	ids := make([]string, len(rules))
	for i := range rules {
		ids[i] = rules[i].ID
	}
	return ids
}
