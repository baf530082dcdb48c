package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-scan/sluice/scan/git/object"
)

// Quarantine says where git stores the objects of a push before it accepts the push (git-receive-pack, "Quarantine
// environment"). The zero value means that there is no push.
type Quarantine struct {
	// Incoming is the objects folder of the push: GIT_QUARANTINE_PATH. Empty means that the objects of the push are among
	// the repository's own, as before git 2.11.
	Incoming string
	// Others are additional objects folders: those of GIT_ALTERNATE_OBJECT_DIRECTORIES.
	Others []string
}

// OpenQuarantine opens the repository whose git folder is dir or contains dir, as [Open] does, together with the objects
// of a push.
func OpenQuarantine(dir string, q Quarantine) (*Repository, error) {
	r, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if err := r.enter(q); err != nil {
		return nil, errors.Join(fmt.Errorf("open the objects of the push: %w", err), r.Close())
	}
	return r, nil
}

func (r *Repository) enter(q Quarantine) error {
	known := map[string]bool{}
	for _, path := range r.objects.Folders() {
		known[realPath(path)] = true
	}
	for _, dir := range q.Others {
		at := realPath(dir)
		// Git ignores a missing folder, and may name one twice.
		if info, err := os.Stat(dir); known[at] || err != nil || !info.IsDir() {
			continue
		}
		if q.Incoming != "" && at == realPath(q.Incoming) {
			continue
		}
		known[at] = true
		if err := r.objects.Add(dir); err != nil {
			return err
		}
	}
	if q.Incoming == "" || known[realPath(q.Incoming)] {
		return nil
	}
	if _, err := os.Stat(q.Incoming); err != nil {
		return err
	}
	return r.objects.AddIncoming(q.Incoming)
}

// realPath returns path without symbolic links, or path itself if it cannot be resolved.
func realPath(path string) string {
	followed, err := filepath.EvalSymlinks(path)
	if err != nil {
		followed = path
	}
	if abs, err := filepath.Abs(followed); err == nil {
		return abs
	}
	return followed
}

// ParseAlternates parses the value of GIT_ALTERNATE_OBJECT_DIRECTORIES: paths separated by the system's list separator.
// A path that begins with a double quote is quoted as in C (git's documentation of that variable).
func ParseAlternates(value string) []string {
	var paths []string
	for value != "" {
		end := strings.IndexByte(value, filepath.ListSeparator)
		if value[0] == '"' {
			if behind := closingQuote(value); behind > 0 {
				end = behind
			}
		}
		item := value
		value = ""
		if end >= 0 && end < len(item) {
			item, value = item[:end], item[end+1:]
		}
		if item != "" && item[0] != '#' {
			paths = append(paths, object.UnquotePath(item))
		}
	}
	return paths
}

// closingQuote returns the offset after the closing quote of the quoted string at the beginning of s, or 0.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
