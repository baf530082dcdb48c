package object

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxAlternates bounds a chain of alternates; git itself stops at a depth of 5.
const maxAlternates = 64

// withAlternates lists dir and the folders that its info/alternates name, theirs too, nearest first. A relative line is
// relative to the objects folder that names it (gitrepository-layout). A folder that is gone is left out, as git does.
func withAlternates(dir string) ([]string, error) {
	dirs := []string{dir}
	for i := 0; i < len(dirs) && len(dirs) <= maxAlternates; i++ {
		text, err := os.ReadFile(filepath.Join(dirs[i], "info", "alternates"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read alternates: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
			if line == "" || line[0] == '#' {
				continue
			}
			line = UnquotePath(line)
			if !filepath.IsAbs(line) {
				line = filepath.Join(dirs[i], line)
			}
			line = filepath.Clean(line)
			if info, err := os.Stat(line); err != nil || !info.IsDir() || slices.Contains(dirs, line) {
				continue
			}
			dirs = append(dirs, line)
		}
	}
	return dirs, nil
}

// UnquotePath takes the quotes off a path that git has written in the manner of C.
func UnquotePath(path string) string {
	if path[0] == '"' {
		if unquoted, err := strconv.Unquote(path); err == nil {
			return unquoted
		}
	}
	return path
}
