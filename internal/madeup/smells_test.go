package madeup_test

import (
	"bytes"
	"context"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/scan"
)

// smells is the name of the made-up engine.
const smells scan.Engine = "smells"

// The registration: besides its detector, the engine needs nothing else.
func init() {
	engine.Register(engine.Engine{
		EngineInfo: scan.EngineInfo{Engine: smells, Words: []string{"smell"}, Title: "Smells", Order: 4, Floor: "codeFloor"},
		New: func(context.Context, *engine.Checkout, *engine.Plan) (engine.Made, error) {
			return engine.Made{Detector: detector{}}, nil
		},
	})
}

// detector finds calls of eval.
type detector struct{}

func (detector) Engine() scan.Engine { return smells }

func (detector) Wants() scan.Wants { return scan.Wants{Files: true} }

func (detector) Rules() []scan.Rule {
	return []scan.Rule{{ID: "SMELL_EVAL", Engine: smells, Title: "Call of eval", Description: "It runs any text.", Remediation: "Parse the text.", Severity: scan.SeverityMedium}}
}

func (d detector) Begin() scan.Pass { return d }

func (detector) File(_ context.Context, c *scan.Content) ([]scan.Finding, error) {
	var list []scan.Finding
	word := []byte("eval(")
	for at := 0; ; {
		i := bytes.Index(c.Data[at:], word)
		if i < 0 {
			return list, nil
		}
		at += i
		line, _, _ := bytes.Cut(c.Data[at:], []byte("\n"))
		list = append(list, scan.Finding{
			Engine: smells, RuleID: "SMELL_EVAL", Title: "Call of eval", Severity: scan.SeverityMedium, Confidence: scan.ConfidenceHigh,
			Message: "This runs any text.", Remediation: "Parse the text.", Start: at, End: at + len(word), Key: string(line),
		})
		at += len(word)
	}
}

func (detector) End(context.Context, *scan.Tree) (scan.Ending, error) { return scan.Ending{}, nil }
