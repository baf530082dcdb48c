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

// maxAlternates limits a chain of alternates; git itself stops at a depth of 5.
const maxAlternates = 64

// withAlternates lists dir and the folders that its info/alternates name, recursively, nearest first. A relative line is
// relative to the objects folder that names it (gitrepository-layout). Like git, it skips a missing folder.
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

// UnquotePath removes the quotes from a path that git has quoted as in C.
func UnquotePath(path string) string {
	if path[0] == '"' {
		if unquoted, err := strconv.Unquote(path); err == nil {
			return unquoted
		}
	}
	return path
}
