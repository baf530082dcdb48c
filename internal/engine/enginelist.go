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

// UnmarshalText reads names of engines, separated by commas. The error lists all words that are not engines.
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
		return fmt.Errorf("%s: no such engine; use %s", strings.Join(wrong, ", "), scan.Listed(scan.EngineNames(), "or"))
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

// Part names the engines, in their order, when they are not all engines: "secrets". It is empty for all of them. Engines that
// this version does not have make no difference.
func (e Engines) Part() string {
	var words []string
	all := true
	for _, row := range table() {
		switch {
		case row.New == nil:
		case e.Has(row.Engine):
			words = append(words, string(row.Engine))
		default:
			all = false
		}
	}
	if all {
		return ""
	}
	return strings.Join(words, "-")
}
