package findings

import (
	"encoding/json"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// step is a step of a way as the store has it. Its text is masked, as all text of the store is.
type step struct {
	Kind      scan.StepKind `json:"kind"`
	Path      string        `json:"path"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"endLine"`
	EndColumn int           `json:"endColumn"`
	Text      string        `json:"text"`
}

// flowText is a way as the store has it; empty for none.
func flowText(way []scan.Step) string {
	if len(way) == 0 {
		return ""
	}
	list := make([]step, len(way))
	for i := range way {
		s := &way[i]
		list[i] = step{s.Kind, db.ValidText(s.Path), s.StartLine, s.StartColumn, s.EndLine, s.EndColumn, db.ValidText(s.Text)}
	}
	text, err := json.Marshal(list)
	if err != nil {
		// Texts and numbers always have a form in JSON.
		panic(err)
	}
	return string(text)
}

// flowInto is the destination of a stored way; nil for none. Offsets are not stored.
func flowInto(way *[]scan.Step) any { return (*storedFlow)(way) }

type storedFlow []scan.Step

// Scan implements [database/sql.Scanner].
func (f *storedFlow) Scan(value any) error {
	var text []byte
	switch v := value.(type) {
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return fmt.Errorf("a way of data is stored as %T, not as text", value)
	}
	*f = nil
	if len(text) == 0 {
		return nil
	}
	var list []step
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("read the stored way of the data: %w", err)
	}
	for _, s := range list {
		*f = append(*f, scan.Step{
			Path: s.Path, Kind: s.Kind, Text: s.Text,
			Position: scan.Position{StartLine: s.Line, StartColumn: s.Column, EndLine: s.EndLine, EndColumn: s.EndColumn},
		})
	}
	return nil
}
