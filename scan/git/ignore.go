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

// maxIgnoreBytes is the largest .gitignore that is read.
const maxIgnoreBytes = 1 << 20

// ignoreRule is one line of a .gitignore (gitignore documentation, "Pattern format").
type ignoreRule struct {
	// base is the folder of the file that holds it, with a "/" at the end, or "".
	base string
	// pattern is for doublestar; of a path below base when anchored, else of a name at any depth.
	pattern  string
	anchored bool
	dirOnly  bool
	negated  bool
}

// parseIgnoreRule reads a line; ok is false for a comment and an empty one.
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
	// Braces are plain characters to git.
	rule.pattern = strings.NewReplacer(`\\`, `\\`, `\{`, `\{`, `\}`, `\}`, "{", `\{`, "}", `\}`).Replace(line)
	if strings.HasSuffix(rule.pattern, "/**") {
		// What is inside, not the folder itself.
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

// ignoreRules is the rules that hold in a folder, those with more weight last.
type ignoreRules []ignoreRule

// with adds the rules of a .gitignore's text. The receiver stays as it is.
func (rules ignoreRules) with(text, base string) ignoreRules {
	rules = slices.Clip(rules)
	for line := range strings.Lines(text) {
		if rule, ok := parseIgnoreRule(strings.TrimSuffix(line, "\n"), base); ok {
			rules = append(rules, rule)
		}
	}
	return rules
}

// ignored says what the rules think of an entry of a folder that is not ignored itself. path is relative to the
// repository's root.
func (rules ignoreRules) ignored(path, name string, dir bool) bool {
	for _, rule := range slices.Backward(rules) {
		if rule.matches(path, name, dir) {
			return !rule.negated
		}
	}
	return false
}

// trackedFiles is the paths in a repository's index, ordered.
type trackedFiles []string

// readTracked reads the index. Without one nothing is tracked; ok is false when it cannot be read.
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

// below reports whether a file in the folder dir is tracked.
func (t trackedFiles) below(dir string) bool {
	dir += "/"
	i := sort.SearchStrings(t, dir)
	return i < len(t) && strings.HasPrefix(t[i], dir)
}
