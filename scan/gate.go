package scan

import (
	"fmt"
	"strings"
)

// Scope says which findings the gate considers.
type Scope string

// The scopes.
const (
	ScopeNew Scope = "new"
	ScopeAll Scope = "all"
)

// UnmarshalText reads a scope's name in any case.
func (s *Scope) UnmarshalText(text []byte) error {
	switch word := Scope(strings.ToLower(strings.TrimSpace(string(text)))); word {
	case ScopeNew, ScopeAll:
		*s = word
		return nil
	}
	return fmt.Errorf("%q is not a scope: use new or all", string(text))
}

// Gate decides whether a commit passes.
type Gate struct {
	// FailOn is the lowest severity that blocks. With SeverityNone nothing blocks.
	FailOn Severity
	Scope  Scope
}

// The exit codes of every command.
const (
	ExitOK       = 0 // clean, or below the gate
	ExitError    = 1 // could not scan or publish
	ExitUsage    = 2 // bad usage or configuration
	ExitFindings = 3 // findings at or above the gate
)

// Blocks reports whether a finding blocks the merge.
func (g Gate) Blocks(f *Finding) bool {
	return f.Live() && g.FailOn != SeverityNone && f.Severity >= g.FailOn && (g.Scope != ScopeNew || f.New)
}

// Within returns the gate with the scope that applies when nobody chose one: new findings in a pull request, all elsewhere.
func (g Gate) Within(pullRequest bool) Gate {
	switch {
	case g.Scope != "":
	case pullRequest:
		g.Scope = ScopeNew
	default:
		g.Scope = ScopeAll
	}
	return g
}

// Blocking counts the findings that block the merge.
func (g Gate) Blocking(r *Result) int {
	n := 0
	for i := range r.Findings {
		if g.Blocks(&r.Findings[i]) {
			n++
		}
	}
	return n
}

// Passed reports whether the commit may be merged: no finding blocks, and the scan is complete.
func (g Gate) Passed(r *Result) bool { return g.Blocking(r) == 0 && r.Complete() }

// ExitCode is the exit code of a finished scan. Findings take precedence, because they are certain. An incomplete scan
// must not look clean.
func (g Gate) ExitCode(r *Result) int {
	switch {
	case g.Blocking(r) > 0:
		return ExitFindings
	case !r.Complete():
		return ExitError
	}
	return ExitOK
}
