package ruletest

import (
	"path"
	"slices"
	"strings"
)

// Pair is a rule file and the files that it is tested on.
type Pair struct {
	Rules   string
	Targets []string
}

// Pairs finds the rule files among the names of a folder's files, and to each the files that it is tested on: those beside
// it whose name is the same up to the first dot, and those in a folder beside it of that name. "sql.yaml" is tested on
// "sql.py", "sql.other.js", "sql.test.yaml" and "sql/a.py". A YAML file is a rule file, unless its name ends with
// ".test.yaml" or ".test.yml". Files with ".fixed." in their name, and rule files that are hidden or in a hidden folder,
// are left out. Names have slashes; both lists of the result are sorted.
func Pairs(names []string) []Pair {
	targets := map[string][]string{}
	var pairs []Pair
	for _, name := range slices.Sorted(slices.Values(names)) {
		switch {
		case strings.Contains(path.Base(name), ".fixed."):
		case isRules(name):
			if !hidden(name) {
				pairs = append(pairs, Pair{Rules: name})
			}
		default:
			// The target belongs to the stem of each of its folders, and to its own.
			for at := 0; at < len(name); {
				part, _, _ := strings.Cut(name[at:], "/")
				key := name[:at] + stem(part)
				targets[key] = append(targets[key], name)
				at += len(part) + 1
			}
		}
	}
	for i := range pairs {
		folder, base := path.Split(pairs[i].Rules)
		pairs[i].Targets = targets[folder+stem(base)]
	}
	return pairs
}

// stem is a name up to its first dot.
func stem(base string) string {
	text, _, _ := strings.Cut(base, ".")
	return text
}

func isRules(name string) bool {
	extension := path.Ext(name)
	return (extension == ".yaml" || extension == ".yml") && path.Ext(strings.TrimSuffix(name, extension)) != ".test"
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.Contains(name, "/.") }
