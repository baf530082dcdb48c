package hook

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

var (
	// ErrNoUpdates means that the input of the hook is empty, so nothing could be checked.
	ErrNoUpdates = errors.New("no updates on standard input: git gives a pre-receive hook lines of \"OLD NEW REF\"; a script in between must pass them on")
	// ErrSHA256 means that the repository uses SHA-256 object names.
	ErrSHA256 = errors.New("this repository uses SHA-256 object names, which Sluice cannot read; remove the hook from it, or set mode: warn for it")
)

const (
	// sha1Digits and sha256Digits are the lengths of object names.
	sha1Digits   = 40
	sha256Digits = 64
	// maxUpdateLine and maxUpdates limit the input.
	maxUpdateLine = 64 << 10
	maxUpdates    = 1_000_000
)

// Update is one reference that a push changes, from the hook's input.
type Update struct {
	// Old and New are full object names in lower case; all zeros if the reference is created or deleted.
	Old, New string
	// Ref is the full name, "refs/heads/main". It may contain any byte that git does not refuse.
	Ref string
}

// Deletes reports whether the push deletes the reference.
func (u Update) Deletes() bool { return strings.Trim(u.New, "0") == "" }

// ReadUpdates reads the input of the hook. Errors: [ErrNoUpdates], [ErrSHA256], and malformed lines.
func ReadUpdates(r io.Reader) ([]Update, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxUpdateLine)
	var updates []Update
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			continue
		}
		number := len(updates) + 1
		if number > maxUpdates {
			return nil, fmt.Errorf("read standard input: more than %d updates", maxUpdates)
		}
		// Only the two object names are split off: a reference may contain characters that count as white space elsewhere but
		// not in git.
		fields := strings.SplitN(line, " ", 3)
		if len(fields) < 3 || fields[2] == "" {
			return nil, fmt.Errorf("read standard input: line %d is not \"OLD NEW REF\"", number)
		}
		u := Update{Old: fields[0], New: fields[1], Ref: fields[2]}
		for _, name := range []string{u.Old, u.New} {
			switch {
			case strings.Trim(name, "0123456789abcdef") != "" || len(name) != sha1Digits && len(name) != sha256Digits:
				return nil, fmt.Errorf("read standard input: line %d does not begin with two object names", number)
			case len(name) == sha256Digits:
				return nil, ErrSHA256
			}
		}
		updates = append(updates, u)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(updates) == 0 {
		return nil, ErrNoUpdates
	}
	return updates, nil
}
