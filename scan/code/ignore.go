package code

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// maxIgnoreLines bounds the lines of a .semgrepignore.
const maxIgnoreLines = 10_000

// ignoreList says which files a .semgrepignore leaves out. Its lines are those of a .gitignore: the last one that matches
// decides, and "!" takes a file back. Source: https://semgrep.dev/docs/ignoring-files-folders-code
type ignoreList []ignoreLine

type ignoreLine struct {
	pattern scan.PathPattern
	back    bool
}

// parseIgnore reads a .semgrepignore. unread are the lines that are no patterns.
func parseIgnore(data []byte) (list ignoreList, unread []string) {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || strings.HasPrefix(line, ":include") {
			continue
		}
		text, back := strings.CutPrefix(line, "!")
		pattern, err := scan.ParsePathPattern(text)
		if err != nil || len(list) >= maxIgnoreLines {
			unread = append(unread, line)
			continue
		}
		list = append(list, ignoreLine{pattern, back})
	}
	return list, unread
}

// match reports whether a file is left out.
func (l ignoreList) match(path string) bool {
	out := false
	for i := range l {
		if out == l[i].back && l[i].pattern.Match(path) {
			out = !l[i].back
		}
	}
	return out
}
