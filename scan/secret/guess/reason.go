package guess

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/odds"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// reason is what speaks for or against a guess. The weight of the odds is their size in nats; the others are set beside it.
type reason struct {
	weight float64
	text   string
}

// maxReasons is how many reasons of a guess are told.
const maxReasons = 3

// explainGuess adds the three strongest reasons of a guess to the trace. service is true when a service is named beside the value.
func explainGuess(p *page.Page, list *found.List, kind looks.NameKind, service bool, v notation.Value) {
	if list.Trace == nil {
		return
	}
	text := v.Of(p.Data)
	var reasons []reason
	switch drawn := odds.Of(text); {
	case math.IsInf(drawn, 0):
		reasons = append(reasons, reason{20, "the value has blanks or letters beyond ASCII, which no generator uses"})
	case drawn > 0:
		reasons = append(reasons, reason{drawn, fmt.Sprintf("the value looks drawn at random (odds of %.0f)", drawn)})
	default:
		reasons = append(reasons, reason{-drawn, fmt.Sprintf("the value looks written by a person (odds of %.0f)", drawn)})
	}
	name := fmt.Sprintf("the name promises a %s", kindNames[kind])
	if service {
		name = fmt.Sprintf("a service and a word for a %s stand beside the value", kindNames[kind])
	}
	reasons = append(reasons, reason{12, name})
	for _, r := range []struct {
		holds bool
		reason
	}{
		{looks.Drawn(text), reason{10, "it mixes kinds of characters as password generators do"}},
		{p.Kind.Test, reason{9, "the place is one of tests or examples, where most are made up"}},
		{p.Kind.Document || p.Kind.Markup, reason{8, "the place is a document, where most are examples"}},
		{p.LongLine(v.Start), reason{7, "the line is longer than people write"}},
		{p.Config(), reason{6, "the place is a configuration"}},
		{!v.Bare, reason{4, "the value stands in quotes"}},
		{v.Bare, reason{2, "the value stands without quotes"}},
	} {
		if r.holds {
			reasons = append(reasons, r.reason)
		}
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return cmp.Compare(b.weight, a.weight) })
	texts := make([]string, 0, maxReasons)
	for _, r := range reasons[:min(len(reasons), maxReasons)] {
		texts = append(texts, r.text)
	}
	list.Trace.Add(nil, v.Start, v.End, "a guess; its strongest reasons: %s", strings.Join(texts, "; "))
}
