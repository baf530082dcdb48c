package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

// Engines is a list of engines without repetition; empty means all.
type Engines []scan.Engine

// UnmarshalText names every word that is no engine.
func (e *Engines) UnmarshalText(text []byte) error {
	var words variable.List
	_ = words.UnmarshalText(text)
	*e = nil
	var wrong []string
	for _, word := range words {
		var engine scan.Engine
		if engine.UnmarshalText([]byte(word)) != nil {
			wrong = append(wrong, strconv.Quote(word))
			continue
		}
		*e = append(*e, engine)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s: no such engine; use secrets, dependencies or code", strings.Join(wrong, ", "))
	}
	return nil
}

// Has reports whether an engine is to run.
func (e Engines) Has(engine scan.Engine) bool {
	for _, one := range e {
		if one == engine {
			return true
		}
	}
	return len(e) == 0
}

// Part names the engines when they are not all that there are, in the order of [scan.Engines]: "secrets". It is empty for
// all of them; one that this version does not have makes no difference.
func (e Engines) Part() string {
	var words []string
	for _, engine := range scan.Engines {
		if engine != scan.EngineCode && e.Has(engine) {
			words = append(words, string(engine))
		}
	}
	if len(words) == len(scan.Engines)-1 {
		return ""
	}
	return strings.Join(words, "-")
}

// History says how far back secrets are looked for.
type History string

// The histories.
const (
	HistoryAuto History = "auto"
	HistoryOff  History = "off"
	HistoryFull History = "full"
)

// UnmarshalText reads a history's name in any case; false and true are taken for off and full.
func (h *History) UnmarshalText(text []byte) error {
	switch word := strings.ToLower(strings.TrimSpace(string(text))); word {
	case "auto", "off", "full":
		*h = History(word)
	case "false", "no":
		*h = HistoryOff
	case "true", "yes":
		*h = HistoryFull
	default:
		return fmt.Errorf("%q is not a history: use auto, off or full", text)
	}
	return nil
}
