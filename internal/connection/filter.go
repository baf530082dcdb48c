package connection

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/sluice-scan/sluice/scan/display"
)

// Filter says which repositories belong to a connection to a Bitbucket. Patterns are about PROJECT/slug; * matches within
// a name and ** any text.
type Filter struct {
	// Include lists what belongs to it; empty means everything. Exclude wins over it.
	Include []string `json:"include,omitempty"`
	Exclude []string `json:"exclude,omitempty"`
	// Archived, Forks and Personal repositories belong to it only if they are asked for. Cloud has no archived and no
	// personal ones.
	Archived bool `json:"archived,omitempty"`
	Forks    bool `json:"forks,omitempty"`
	Personal bool `json:"personal,omitempty"`
}

// Check returns an error that names a pattern that cannot be used.
func (f *Filter) Check() error {
	for _, p := range append(append([]string(nil), f.Include...), f.Exclude...) {
		if p == "" || !strings.Contains(p, "/") && p != "**" || !doublestar.ValidatePattern(p) {
			return fmt.Errorf("%q is not a pattern such as PAY/* or */web-*", p)
		}
	}
	return nil
}

// BadName tells people why a repository with an impossible name is left out.
const BadName = "its name or id is not one that Bitbucket gives"

// Excludes tells people why a repository does not belong to a connection, by its name; empty if it does.
func (f *Filter) Excludes(project, slug string) string {
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { ok, _ := doublestar.Match(p, project+"/"+slug); return ok })
	}
	switch {
	case !IsWord(project) || !IsWord(slug) || strings.HasSuffix(slug, ".git"):
		return BadName
	case matches(f.Exclude):
		return "the connection excludes it"
	case len(f.Include) > 0 && !matches(f.Include):
		return "the connection does not include it"
	}
	return ""
}

var word = regexp.MustCompile(`^~?[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

// IsWord reports whether a text can be the key of a project or the slug of a repository in Bitbucket. The key of a
// personal project begins with "~".
func IsWord(text string) bool { return word.MatchString(text) }

// maxName limits a name for people, in columns.
const maxName = 200

// Shown makes a foreign name safe for people: one short line.
func Shown(name string) string { return display.CutEnd(strings.TrimSpace(display.Line(name)), maxName) }
