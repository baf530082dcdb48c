package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// TestRepositoryStatus is the truth table of a repository's status by the statuses of its branches.
func TestRepositoryStatus(t *testing.T) {
	t.Parallel()
	for branches, want := range map[string]status.Status{
		"SSS": status.Secure, "SSO": status.Outdated, "SNO": status.PartiallyScanned, "NNN": status.NotScanned, "VNN": status.Vulnerable, "OOO": status.Outdated,
		"SSN": status.PartiallyScanned, "SSV": status.Vulnerable, "": status.NotScanned, "ONN": status.PartiallyScanned, "VOS": status.Vulnerable,
		"SSP": status.PartiallyScanned, "PPP": status.PartiallyScanned, "POV": status.Vulnerable, "PO": status.PartiallyScanned,
	} {
		var c status.Counts
		for _, b := range branches {
			switch b {
			case 'S':
				c.Secure++
			case 'V':
				c.Vulnerable++
			case 'N':
				c.NotScanned++
			case 'O':
				c.Outdated++
			case 'P':
				c.PartiallyScanned++
			}
		}
		require.Equal(t, want, status.RepositoryStatus(c), branches)
	}
	require.Equal(t, status.PartiallyScanned, status.ProjectStatus(status.Counts{Secure: 3, PartiallyScanned: 1}))
	require.Equal(t, status.Outdated, status.ProjectStatus(status.Counts{Secure: 3, Outdated: 1}))
	require.Equal(t, status.NotScanned, status.ProjectStatus(status.Counts{}))
}

func TestBranchStatus(t *testing.T) {
	t.Parallel()
	state := func(s queue.State) *queue.State { return &s }
	number := func(n int) *int { return &n }
	scanned := func(change func(*catalog.Knowledge)) catalog.Knowledge {
		k := catalog.Knowledge{Scanned: true, Commit: "a", Head: "a", Behind: number(0)}
		if change != nil {
			change(&k)
		}
		return k
	}
	for name, c := range map[string]struct {
		k      catalog.Knowledge
		status status.Status
		scan   catalog.ScanStatus
		text   string
	}{
		"new":                        {catalog.Knowledge{Head: "a"}, status.NotScanned, catalog.ScanNotScanned, "Not Scanned"},
		"clean":                      {scanned(nil), status.Secure, catalog.ScanUpToDate, "Up To Date"},
		"open findings":              {scanned(func(k *catalog.Knowledge) { k.Open = 1 }), status.Vulnerable, catalog.ScanUpToDate, "Up To Date"},
		"incomplete":                 {scanned(func(k *catalog.Knowledge) { k.Incomplete = true }), status.PartiallyScanned, catalog.ScanIncomplete, "Scanned In Part"},
		"incomplete with findings":   {scanned(func(k *catalog.Knowledge) { k.Incomplete, k.Open = true, 1 }), status.Vulnerable, catalog.ScanIncomplete, "Scanned In Part"},
		"three commits later":        {scanned(func(k *catalog.Knowledge) { k.Head, k.Behind = "b", number(3) }), status.Outdated, catalog.ScanCommitsAgo, "Scanned 3 Commits Ago"},
		"one commit later":           {scanned(func(k *catalog.Knowledge) { k.Head, k.Behind = "b", number(1) }), status.Outdated, catalog.ScanCommitsAgo, "Scanned 1 Commit Ago"},
		"vulnerable and stale":       {scanned(func(k *catalog.Knowledge) { k.Head, k.Behind, k.Open = "b", number(1), 2 }), status.Vulnerable, catalog.ScanCommitsAgo, "Scanned 1 Commit Ago"},
		"rewritten":                  {scanned(func(k *catalog.Knowledge) { k.Head, k.Behind, k.Rewritten = "b", nil, true }), status.Outdated, catalog.ScanCommitsAgo, "Scanned Before History Rewrite"},
		"other rules":                {scanned(func(k *catalog.Knowledge) { k.ConfigChanged = true }), status.Outdated, catalog.ScanCommitsAgo, "Scanned With Older Rules"},
		"queued":                     {scanned(func(k *catalog.Knowledge) { k.Queued = true }), status.Secure, catalog.ScanQueued, "Queued"},
		"running and queued again":   {scanned(func(k *catalog.Knowledge) { k.Queued, k.Running = true, true }), status.Secure, catalog.ScanScanning, "Scanning"},
		"cancelled later":            {scanned(func(k *catalog.Knowledge) { k.Attempt, k.AttemptIsNewer = state(queue.Cancelled), true }), status.Secure, catalog.ScanCancelled, "Cancelled"},
		"failed later":               {scanned(func(k *catalog.Knowledge) { k.Attempt, k.AttemptIsNewer = state(queue.Failed), true }), status.Secure, catalog.ScanInternalError, "Internal Error"},
		"failed before":              {scanned(func(k *catalog.Knowledge) { k.Attempt = state(queue.Failed) }), status.Secure, catalog.ScanUpToDate, "Up To Date"},
		"failed at the first scan":   {catalog.Knowledge{Head: "a", Attempt: state(queue.Failed)}, status.NotScanned, catalog.ScanInternalError, "Internal Error"},
		"cancelled, never succeeded": {catalog.Knowledge{Head: "a", Attempt: state(queue.Cancelled)}, status.NotScanned, catalog.ScanCancelled, "Cancelled"},
	} {
		require.Equal(t, c.status, c.k.Status(), name)
		require.Equal(t, c.scan, c.k.ScanStatus(), name)
		require.Equal(t, c.text, c.k.ScanStatusText(), name)
	}
}
