package scan

import (
	"fmt"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// PathPattern is a glob over paths, similar to .gitignore: "**" crosses folders; a pattern without a slash matches the
// name in any folder; a pattern that ends with a slash, or that matches a folder, matches everything below.
type PathPattern struct {
	text string
	glob string
	any  bool
}

// ParsePathPattern parses a pattern.
func ParsePathPattern(text string) (PathPattern, error) {
	glob := strings.TrimPrefix(strings.TrimSpace(text), "./")
	glob = strings.TrimPrefix(glob, "/")
	glob = strings.TrimSuffix(glob, "/")
	if glob == "" {
		return PathPattern{}, fmt.Errorf("%q is not a path pattern: write one like \"testdata/**\" or \"*.md\"", text)
	}
	if !doublestar.ValidatePattern(glob) {
		return PathPattern{}, fmt.Errorf("%q is not a path pattern: a bracket or brace is not closed", text)
	}
	rooted := strings.HasPrefix(strings.TrimSpace(text), "/") || strings.Contains(glob, "/")
	return PathPattern{text: text, glob: glob, any: !rooted}, nil
}

// String returns the pattern as written.
func (p PathPattern) String() string { return p.text }

// Match reports whether name, or a parent folder of it, matches.
func (p PathPattern) Match(name string) bool {
	for name != "." && name != "/" && name != "" {
		subject := name
		if p.any {
			subject = path.Base(name)
		}
		if ok, _ := doublestar.Match(p.glob, subject); ok {
			return true
		}
		name = path.Dir(name)
	}
	return false
}

// matchFinding reports whether the pattern matches the finding's file or a surrounding archive: "*.jar", "libs/" and
// "*.properties" all match "libs/a.jar!/app.properties".
func (p PathPattern) matchFinding(f *Finding) bool {
	if p.Match(f.Path) {
		return true
	}
	if f.Archive == "" {
		return false
	}
	for at := min(len(f.Archive), len(f.Path)); ; at += len("!/") {
		i := strings.Index(f.Path[at:], "!/")
		if i < 0 {
			return false
		}
		if at += i; p.Match(f.Path[:at]) {
			return true
		}
	}
}
