package scan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Engine names a family of detectors, as users switch them on and off. Its row in the table of engines, [Engine.Info], says
// everything else.
type Engine string

// EngineInfo is one row of the table of engines: what the scanner, reports, files, the store and the server ask of an engine
// in the place of its name.
type EngineInfo struct {
	// Engine is the name, as people write it and as reports, files and the store have it: lower-case letters, digits and
	// dashes.
	Engine Engine
	// Words are other names that people write.
	Words []string
	// Title is what reports call it: "Dependencies".
	Title string
	// Order is where it stands in reports and lists; the lowest is the first.
	Order int
	// NotScanned is what reports say in the place of its numbers when it did not run; empty means "not scanned".
	NotScanned string
	// Foreign: its findings come from other tools. It scans nothing itself, so that nobody switches it on or misses it.
	Foreign bool
	// Secrets: its findings are secrets. Reviews decide about their text, previews mask them in the lines of the base too, and
	// the server lists them when no engine is named.
	Secrets bool
	// Packages: it lists the packages of a tree, for the bill of materials, and looks them up in data of a date; without such
	// data its numbers say nothing.
	Packages bool
	// Floor names the server's setting with the lowest severity that counts for the status of a branch. Empty: all count.
	Floor string
}

// engines is the table. It is complete when it is first read.
var engines struct {
	mu   sync.Mutex
	rows []EngineInfo
	read bool
}

// engineName matches a valid name. Names stand in variables, reports and the store's queries without quoting.
var engineName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Register adds a row to the table of engines. internal/engine calls it for each engine while packages are initialised. A
// name that is taken, and a call after the table was read, are mistakes in the program, and panic.
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

// Engines lists the table of engines, in the order in which people see them. The list must not be changed.
func Engines() []EngineInfo {
	engines.mu.Lock()
	defer engines.mu.Unlock()
	engines.read = true
	return engines.rows
}

// Info gives the row of an engine, which must not be changed. An engine that is not in the table has its name as its title,
// and comes after all others.
func (e Engine) Info() *EngineInfo {
	rows := Engines()
	if i := slices.IndexFunc(rows, func(row EngineInfo) bool { return row.Engine == e }); i >= 0 {
		return &rows[i]
	}
	return &EngineInfo{Engine: e, Title: string(e), Order: 1 << 20}
}

// NotRun is what reports say of an engine that did not run.
func (i *EngineInfo) NotRun() string {
	if i.NotScanned != "" {
		return i.NotScanned
	}
	return "not scanned"
}

// EngineOfSecrets is the engine whose findings are secrets; empty when the table has none.
func EngineOfSecrets() Engine {
	for _, row := range Engines() {
		if row.Secrets {
			return row.Engine
		}
	}
	return ""
}

// EngineNames lists the engines that people switch on, in their order.
func EngineNames() []string {
	var names []string
	for _, row := range Engines() {
		if !row.Foreign {
			names = append(names, string(row.Engine))
		}
	}
	return names
}

// Listed joins words as people do, with a last word such as "or" before the last one: "a, b or c".
func Listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

// UnmarshalText reads an engine's name in any case, and the other names that people know.
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
