package reviews

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/internal/isodate"
	"github.com/sluice-scan/sluice/internal/server/api"
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

// parseReviews reads a file of reviewed texts. If it has a header, that must name the column match_text; the columns
// rule, comment, expires_at, scope, project_key and repository are also read. Without a header, the columns are the text
// and the rule. One invalid row refuses the file. Problems name rows and never quote them.
func parseReviews(data []byte) ([]reviews.NewReview, error) {
	rows, err := readCSV(data)
	if err != nil {
		return nil, api.BadRequest("file: %v", err)
	}
	if len(rows) == 0 {
		return nil, api.BadRequest("file: it is empty")
	}
	columns := map[string]int{"match_text": 0, "rule": 1}
	width := 2
	if header := headerOf(rows[0].cells); header != nil {
		columns, width, rows = header, len(rows[0].cells), rows[1:]
	}
	if len(rows) > maxCSVRows {
		return nil, api.BadRequest("file: %v", errCSVRows)
	}
	bad := &api.Problems{}
	list := make([]reviews.NewReview, 0, len(rows))
	for _, row := range rows {
		r, err := reviewOf(row.cells, columns, width)
		if err != nil {
			if bad.Add(fmt.Sprintf("line %d", row.line), "%v", err); len(bad.Entries) == maxProblems {
				bad.Add("file", "there may be more")
				break
			}
			continue
		}
		list = append(list, r)
	}
	return list, bad.Err()
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
	err = checkReview(&r)
	return r, err
}

func checkReview(r *reviews.NewReview) error {
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
