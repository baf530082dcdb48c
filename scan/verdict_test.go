package scan_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	const (
		high     = scan.SeverityHigh
		medium   = scan.SeverityMedium
		critical = scan.SeverityCritical
	)
	var (
		compared = scan.Base{Kind: scan.BaseMerge}
		alone    = scan.Base{Kind: scan.BaseNone}
		onNew    = scan.Gate{FailOn: high, Scope: scan.ScopeNew}
		onAll    = scan.Gate{FailOn: high, Scope: scan.ScopeAll}
		off      = scan.Gate{FailOn: scan.SeverityNone, Scope: scan.ScopeNew}
		unread   = []scan.Failure{{Path: "a"}, {Path: "b"}}
	)
	fresh := func(s scan.Severity, n int) (out []scan.Finding) {
		for range n {
			out = append(out, scan.Finding{Severity: s, New: true})
		}
		return out
	}
	older := func(s scan.Severity, n int) (out []scan.Finding) {
		for range n {
			out = append(out, scan.Finding{Severity: s})
		}
		return out
	}
	suppressed := func(n int) (out []scan.Finding) {
		for range n {
			out = append(out, scan.Finding{Severity: critical, New: true, Suppression: &scan.Suppression{}})
		}
		return out
	}
	join := func(lists ...[]scan.Finding) (out []scan.Finding) {
		for _, list := range lists {
			out = append(out, list...)
		}
		return out
	}
	cases := map[string]struct {
		result scan.Result
		gate   scan.Gate
		state  scan.VerdictState
		want   string
	}{
		"clean":                 {scan.Result{Base: compared}, onNew, scan.StateSafe, "Safe to merge: nothing found."},
		"clean, gate off":       {scan.Result{Base: compared}, off, scan.StateSafe, "Safe to merge: nothing found."},
		"only suppressed":       {scan.Result{Base: compared, Findings: suppressed(2)}, onNew, scan.StateSafe, "Safe to merge: nothing found. 2 suppressed."},
		"as drawn":              {scan.Result{Base: compared, Findings: join(fresh(high, 3), older(high, 9), suppressed(2))}, onNew, scan.StateUnsafe, "Not safe to merge: 3 new findings at HIGH or above. 9 older ones do not block; 2 suppressed."},
		"one":                   {scan.Result{Base: compared, Findings: join(fresh(high, 1), older(medium, 1))}, onNew, scan.StateUnsafe, "Not safe to merge: 1 new finding at HIGH or above. 1 older one does not block."},
		"below":                 {scan.Result{Base: compared, Findings: join(fresh(medium, 2), older(critical, 1))}, onNew, scan.StateSafe, "Safe to merge: no new findings at HIGH or above. 1 older one and 2 new below HIGH do not block."},
		"only older":            {scan.Result{Base: compared, Findings: older(critical, 1204)}, onNew, scan.StateSafe, "Safe to merge: no new findings. 1,204 older ones do not block."},
		"all, with a base":      {scan.Result{Base: compared, Findings: join(older(critical, 1), fresh(medium, 1))}, onAll, scan.StateUnsafe, "Not safe to merge: 1 finding at HIGH or above. 1 below HIGH does not block."},
		"new, without a base":   {scan.Result{Base: alone, Findings: fresh(high, 2)}, onNew, scan.StateUnsafe, "Not safe to merge: 2 findings at HIGH or above."},
		"below, without a base": {scan.Result{Base: alone, Findings: fresh(medium, 1)}, onNew, scan.StateSafe, "Safe to merge: no findings at HIGH or above. 1 below HIGH does not block."},
		"critical is the bar":   {scan.Result{Findings: fresh(critical, 1)}, scan.Gate{FailOn: critical, Scope: scan.ScopeAll}, scan.StateUnsafe, "Not safe to merge: 1 finding at CRITICAL."},
		"low is the bar":        {scan.Result{Base: compared, Findings: fresh(scan.SeverityLow, 1)}, scan.Gate{FailOn: scan.SeverityLow, Scope: scan.ScopeNew}, scan.StateUnsafe, "Not safe to merge: 1 new finding."},
		"gate off":              {scan.Result{Base: compared, Findings: join(fresh(critical, 3), suppressed(1))}, off, scan.StateUngated, "Not blocked: 3 findings, and the gate is off. 1 suppressed."},
		"zero gate":             {scan.Result{Findings: fresh(critical, 1)}, scan.Gate{}, scan.StateUngated, "Not blocked: 1 finding, and the gate is off."},
		"unread":                {scan.Result{Base: compared, Unread: unread}, onNew, scan.StateUnknown, "Not known: 2 files could not be read. Nothing found in the rest."},
		"unread, older":         {scan.Result{Base: compared, Unread: unread[:1], Findings: older(high, 2)}, onNew, scan.StateUnknown, "Not known: 1 file could not be read. Nothing blocks in the rest; 2 older ones do not block."},
		"unread, blocking":      {scan.Result{Base: compared, Unread: unread, Findings: fresh(high, 1)}, onNew, scan.StateUnsafe, "Not safe to merge: 1 new finding at HIGH or above. 2 files could not be read."},
		"unread, gate off":      {scan.Result{Unread: unread, Findings: fresh(high, 1)}, off, scan.StateUnknown, "Not known: 2 files could not be read. Nothing blocks in the rest."},
		"unread, no file":       {scan.Result{Unread: []scan.Failure{{}}}, onNew, scan.StateUnknown, "Not known: 1 part could not be read. Nothing found in the rest."},
		"looked at in part": {scan.Result{Failures: []scan.Failure{{Path: "a", Engine: "code"}, {Path: "a", Engine: "secrets"}}}, onNew, scan.StateUnknown,
			"Not known: 1 file was scanned only in part. Nothing found in the rest."},
		"in part, gate off":            {scan.Result{Failures: []scan.Failure{{Path: "a"}, {Path: "b"}}, Findings: fresh(high, 1)}, off, scan.StateUnknown, "Not known: 2 files were scanned only in part. Nothing blocks in the rest."},
		"in part, blocking":            {scan.Result{Failures: []scan.Failure{{Path: "a"}}, Findings: fresh(high, 1)}, onNew, scan.StateUnsafe, "Not safe to merge: 1 finding at HIGH or above. 1 file was scanned only in part."},
		"nothing to look at":           {scan.Result{Base: compared, Idle: []scan.Engine{"code"}}, onNew, scan.StateIdle, "Not scanned: there is nothing to look at for code."},
		"nothing to look at, one ran":  {scan.Result{Base: compared, Engines: []scan.Engine{"secrets"}, Idle: []scan.Engine{"code"}}, onNew, scan.StateSafe, "Safe to merge: nothing found."},
		"nothing to look at, in part":  {scan.Result{Idle: []scan.Engine{"code"}, Failures: []scan.Failure{{Engine: "code"}}}, onNew, scan.StateUnknown, "Not known: 1 check did not finish. Nothing found in the rest."},
		"nothing to look at, imported": {scan.Result{Idle: []scan.Engine{"code"}, Engines: []scan.Engine{"imported"}}, onNew, scan.StateSafe, "Safe to merge: nothing found."},
		"nothing to look at, gate off": {scan.Result{Idle: []scan.Engine{"code"}}, off, scan.StateIdle, "Not scanned: there is nothing to look at for code."},
		"a check broke off":            {scan.Result{Failures: []scan.Failure{{Engine: "dependencies"}}}, onNew, scan.StateUnknown, "Not known: 1 check did not finish. Nothing found in the rest."},
		"unread and in part":           {scan.Result{Unread: unread, Failures: []scan.Failure{{Path: "a"}, {Path: "c"}}}, onNew, scan.StateUnknown, "Not known: 2 files could not be read, 1 file was scanned only in part. Nothing found in the rest."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.gate.Verdict(&c.result)
			require.Equal(t, c.want, got.String())
			require.Equal(t, c.state, got.State)
			passes := slices.Contains([]scan.VerdictState{scan.StateSafe, scan.StateUngated, scan.StateIdle}, got.State)
			require.Equal(t, c.gate.ExitCode(&c.result) == scan.ExitOK, passes, "the words and the exit code agree")
		})
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 2: "2 files", 999: "999 files", 1000: "1,000 files", 1234567: "1,234,567 files", -1000: "-1,000 files"} {
		require.Equal(t, want, scan.Plural(n, "file", "files"))
	}
}
