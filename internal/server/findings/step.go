package findings

import "github.com/sluice-scan/sluice/scan"

// stepWire is one place on the way of data to a finding in code.
type stepWire struct {
	Kind       scan.StepKind `json:"kind" doc:"source where the data enters, step where it is handed on, sink where it must not arrive."`
	Path       string        `json:"path"`
	Line       int           `json:"line"`
	Column     int           `json:"column" doc:"Counted from 1, in UTF-16 code units, like endColumn, which is the column after the last character."`
	EndLine    int           `json:"endLine"`
	EndColumn  int           `json:"endColumn"`
	TextMasked string        `json:"textMasked" doc:"The first line of the step, with every secret masked."`
}

// stepsBody is a way, from its source to the finding; nil for none.
func stepsBody(way []scan.Step) (list []stepWire) {
	for i := range way {
		s := &way[i]
		list = append(list, stepWire{s.Kind, s.Path, s.StartLine, s.StartColumn, s.EndLine, s.EndColumn, s.Text})
	}
	return list
}
