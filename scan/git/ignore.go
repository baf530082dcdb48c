package git

import (
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/go-git/go-git/v5/plumbing/format/index"
)

// maxIgnoreBytes is the size of the largest .gitignore that is read.
const maxIgnoreBytes = 1 << 20

// ignoreRule is one line of a .gitignore (gitignore documentation, "Pattern format").
type ignoreRule struct {
	// base is the folder of the .gitignore, with a "/" at the end, or "".
	base string
	// pattern is for doublestar. If anchored, it matches a path below base, else a name at any depth.
	pattern  string
	anchored bool
	dirOnly  bool
	negated  bool
}

// parseIgnoreRule parses a line; ok is false for a comment and an empty line.
func parseIgnoreRule(line, base string) (rule ignoreRule, ok bool) {
	line = strings.TrimSuffix(line, "\r")
	if strings.HasPrefix(line, "#") {
		return ignoreRule{}, false
	}
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = strings.TrimSuffix(line, " ")
	}
	rule.base = base
	if rest, cut := strings.CutPrefix(line, "!"); cut {
		rule.negated, line = true, rest
	}
	if rest, cut := strings.CutSuffix(line, "/"); cut {
		rule.dirOnly, line = true, rest
	}
	rule.anchored = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return ignoreRule{}, false
	}
	// Braces are plain characters in git.
	rule.pattern = strings.NewReplacer(`\\`, `\\`, `\{`, `\{`, `\}`, `\}`, "{", `\{`, "}", `\}`).Replace(line)
	if strings.HasSuffix(rule.pattern, "/**") {
		// The content of the folder, not the folder itself.
		rule.pattern += "/*"
	}
	return rule, doublestar.ValidatePattern(rule.pattern)
}

func (r ignoreRule) matches(path, name string, dir bool) bool {
	if r.dirOnly && !dir {
		return false
	}
	subject := name
	if r.anchored {
		below, ok := strings.CutPrefix(path, r.base)
		if !ok {
			return false
		}
		subject = below
	}
	return doublestar.MatchUnvalidated(r.pattern, subject)
}

// ignoreRules are the rules for a folder, in ascending order of precedence.
type ignoreRules []ignoreRule

// with adds the rules of the text of a .gitignore. It does not change the receiver.
func (rules ignoreRules) with(text, base string) ignoreRules {
	rules = slices.Clip(rules)
	for line := range strings.Lines(text) {
		if rule, ok := parseIgnoreRule(strings.TrimSuffix(line, "\n"), base); ok {
			rules = append(rules, rule)
		}
	}
	return rules
}

// ignored applies the rules to an entry of a folder that is not ignored itself. path is relative to the root of the
// repository.
func (rules ignoreRules) ignored(path, name string, dir bool) bool {
	for _, rule := range slices.Backward(rules) {
		if rule.matches(path, name, dir) {
			return !rule.negated
		}
	}
	return false
}

// trackedFiles are the paths in a repository's index, sorted.
type trackedFiles []string

// readTracked reads the index. Without an index nothing is tracked; ok is false if it cannot be read.
func readTracked(gitDir string) (paths trackedFiles, ok bool) {
	file, err := os.Open(filepath.Join(gitDir, "index"))
	if os.IsNotExist(err) {
		return nil, true
	}
	if err != nil {
		return nil, false
	}
	defer func() { _ = file.Close() }()
	idx := &index.Index{}
	if err := index.NewDecoder(file).Decode(idx); err != nil {
		return nil, false
	}
	for _, e := range idx.Entries {
		paths = append(paths, e.Name)
	}
	slices.Sort(paths)
	return paths, true
}

func (t trackedFiles) file(path string) bool {
	_, found := slices.BinarySearch(t, path)
	return found
}

// below reports whether git tracks a file in the folder dir.
func (t trackedFiles) below(dir string) bool {
	dir += "/"
	i := sort.SearchStrings(t, dir)
	return i < len(t) && strings.HasPrefix(t[i], dir)
}
