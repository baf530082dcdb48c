package scan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Engine is the name of an engine, which users switch on and off. [Engine.Info] has everything else about it.
type Engine string

// EngineInfo is one row of the table of engines. The scanner, reports, files, the store and the server use these
// properties instead of the name.
type EngineInfo struct {
	// Engine is the name in variables, reports, files and the store: lower-case letters, digits and dashes.
	Engine Engine
	// Words are other accepted names.
	Words []string
	// Title is the name in reports: "Dependencies".
	Title string
	// Order is the position in reports and lists. The lowest comes first.
	Order int
	// NotScanned is what reports show instead of numbers when the engine did not run. Empty means "not scanned".
	NotScanned string
	// Foreign: the findings come from other tools. The engine scans nothing itself, so users cannot switch it on, and
	// nothing reports it as not run.
	Foreign bool
	// Secrets: the findings are secrets. Reviews apply to their text, previews also mask them in the lines of the base, and
	// the server lists them when the caller names no engine.
	Secrets bool
	// Packages: the engine lists the packages of a tree for the SBOM, and looks them up in dated data. Without such data
	// its numbers mean nothing.
	Packages bool
	// Floor is the server setting with the lowest severity that affects the status of a branch. Empty: every severity does.
	Floor string
}

// engines is the table. It is complete before the first read.
var engines struct {
	mu   sync.Mutex
	rows []EngineInfo
	read bool
}

// engineName matches a valid name. Variables, reports and the store's queries use names without quoting.
var engineName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Register adds a row to the table of engines. internal/engine calls it for each engine during package initialisation.
// It panics if the name is taken or the table was already read.
func Register(info EngineInfo) {
	engines.mu.Lock()
	defer engines.mu.Unlock()
	switch {
	case engines.read:
		panic(fmt.Sprintf("scan: the engine %q is registered after the table was read; register it while packages are initialised", info.Engine))
	case !engineName.MatchString(string(info.Engine)):
		panic(fmt.Sprintf("scan: %q cannot be the name of an engine: use lower-case letters, digits and dashes", info.Engine))
	case slices.ContainsFunc(engines.rows, func(row EngineInfo) bool { return row.Engine == info.Engine }):
		panic(fmt.Sprintf("scan: the engine %q is registered twice", info.Engine))
	}
	engines.rows = append(engines.rows, info)
	slices.SortStableFunc(engines.rows, func(a, b EngineInfo) int { return a.Order - b.Order })
}

// Engines lists the table of engines in display order. Callers must not change the list.
func Engines() []EngineInfo {
	engines.mu.Lock()
	defer engines.mu.Unlock()
	engines.read = true
	return engines.rows
}

// Info returns the row of an engine. Callers must not change it. An engine that is not in the table has its name as its
// title and comes after all others.
func (e Engine) Info() *EngineInfo {
	rows := Engines()
	if i := slices.IndexFunc(rows, func(row EngineInfo) bool { return row.Engine == e }); i >= 0 {
		return &rows[i]
	}
	return &EngineInfo{Engine: e, Title: string(e), Order: 1 << 20}
}

// NotRun is the text that reports show if the engine did not run.
func (i *EngineInfo) NotRun() string {
	if i.NotScanned != "" {
		return i.NotScanned
	}
	return "not scanned"
}

// EngineOfSecrets is the engine whose findings are secrets. It is empty if the table has no such engine.
func EngineOfSecrets() Engine {
	for _, row := range Engines() {
		if row.Secrets {
			return row.Engine
		}
	}
	return ""
}

// EngineNames lists the engines that users can switch on, in display order.
func EngineNames() []string {
	var names []string
	for _, row := range Engines() {
		if !row.Foreign {
			names = append(names, string(row.Engine))
		}
	}
	return names
}

// Listed joins words into a phrase, with a word such as "or" before the last one: "a, b or c".
func Listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

// UnmarshalText reads an engine's name, or another accepted name, in any case.
func (e *Engine) UnmarshalText(text []byte) error {
	word := strings.ToLower(strings.TrimSpace(string(text)))
	for _, row := range Engines() {
		if !row.Foreign && (word == string(row.Engine) || slices.Contains(row.Words, word)) {
			*e = row.Engine
			return nil
		}
	}
	return fmt.Errorf("%q is not an engine: use %s", string(text), Listed(EngineNames(), "or"))
}
