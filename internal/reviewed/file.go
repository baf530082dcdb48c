package reviewed

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/internal/isodate"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

const (
	// maxProblems limits how many invalid rows an answer names.
	maxProblems = 100
	// maxText limits a reviewed text, and maxWord a rule's name or a comment, in bytes.
	maxText = 256 << 10
	maxWord = 1000
)

// reviewColumns are the columns of a file of reviewed texts.
var reviewColumns = []string{"scope", "project_key", "repository", "rule", "match_text", "comment", "reviewed_by", "reviewed_at", "expires_at"}

// RowError says what is wrong with a row of a file. It never quotes the row.
type RowError struct {
	// Where is "line 7", or "file" for something that is wrong with more than one row.
	Where string
	Text  string
}

// FileError says why a file of reviewed texts is refused: one entry for each row that is wrong, or one for the file. No
// row of the file was used.
type FileError struct {
	Rows []RowError
	// Whole is true if the file could not be read as a table at all.
	Whole bool
}

func (e *FileError) Error() string {
	words := make([]string, len(e.Rows))
	for i, r := range e.Rows {
		words[i] = r.Where + ": " + r.Text
	}
	return strings.Join(words, "; ")
}

func (e *FileError) add(where, format string, args ...any) {
	e.Rows = append(e.Rows, RowError{where, fmt.Sprintf(format, args...)})
}

// err returns the error if it has entries.
func (e *FileError) err() error {
	if len(e.Rows) == 0 {
		return nil
	}
	return e
}

// whole is the error of a file that cannot be read.
func whole(format string, args ...any) error {
	return &FileError{Rows: []RowError{{"file", fmt.Sprintf(format, args...)}}, Whole: true}
}

// Parse reads a file of reviewed texts. If it has a header, that must name the column match_text; the columns
// rule, comment, expires_at, scope, project_key and repository are also read. Without a header, the columns are the text
// and the rule. One invalid row refuses the file; the error is a [FileError].
func Parse(data []byte) ([]reviews.NewReview, error) {
	rows, err := readCSV(data)
	if err != nil {
		return nil, whole("%v", err)
	}
	if len(rows) == 0 {
		return nil, whole("it is empty")
	}
	columns := map[string]int{"match_text": 0, "rule": 1}
	width := 2
	if header := headerOf(rows[0].cells); header != nil {
		columns, width, rows = header, len(rows[0].cells), rows[1:]
	}
	if len(rows) > maxCSVRows {
		return nil, whole("%v", errCSVRows)
	}
	bad := &FileError{}
	list := make([]reviews.NewReview, 0, len(rows))
	for _, row := range rows {
		r, err := reviewOf(row.cells, columns, width)
		if err != nil {
			if bad.add(fmt.Sprintf("line %d", row.line), "%v", err); len(bad.Rows) == maxProblems {
				bad.add("file", "there may be more")
				break
			}
			continue
		}
		list = append(list, r)
	}
	return list, bad.err()
}

// headerOf returns the columns of a header row by name; nil if the row is not a header.
func headerOf(cells []string) map[string]int {
	columns := map[string]int{}
	for i, cell := range cells {
		name := strings.ToLower(strings.TrimSpace(cell))
		switch name {
		case "matchtext":
			name = "match_text"
		case "rulename", "rule_name":
			name = "rule"
		}
		columns[name] = i
	}
	if _, ok := columns["match_text"]; !ok {
		return nil
	}
	return columns
}

func reviewOf(cells []string, columns map[string]int, width int) (r reviews.NewReview, err error) {
	if len(cells) > width {
		return r, fmt.Errorf("it has %d cells, and there are %d columns; put texts with commas into quotes", len(cells), width)
	}
	cell := func(name string) string {
		if i, ok := columns[name]; ok && i < len(cells) {
			return unescapeCell(cells[i])
		}
		return ""
	}
	r = reviews.NewReview{Text: cell("match_text"), Rule: strings.TrimSpace(cell("rule")), Comment: cell("comment")}
	switch scope := strings.TrimSpace(cell("scope")); {
	case strings.EqualFold(scope, "REPOSITORY"):
		if r.ProjectKey, r.Slug = strings.TrimSpace(cell("project_key")), strings.TrimSpace(cell("repository")); r.ProjectKey == "" || r.Slug == "" {
			return r, errors.New("its scope is REPOSITORY, but project_key or repository is empty")
		}
	case scope != "" && !strings.EqualFold(scope, "GLOBAL"):
		return r, errors.New("its scope is neither GLOBAL nor REPOSITORY")
	}
	if expires := strings.TrimSpace(cell("expires_at")); expires != "" {
		if r.Expires, err = isodate.Parse(expires); err != nil {
			return r, fmt.Errorf("expires_at: %w", err)
		}
	}
	err = Check(&r)
	return r, err
}

// Check says what is wrong with a review. It never quotes the text.
func Check(r *reviews.NewReview) error {
	switch {
	case r.Text == "":
		return errors.New("the text is missing")
	case len(r.Text) > maxText:
		return fmt.Errorf("the text is longer than %d bytes", maxText)
	case len(r.Rule) > maxWord || len(r.Comment) > maxWord:
		return fmt.Errorf("the rule or the comment is longer than %d bytes", maxWord)
	}
	return nil
}
