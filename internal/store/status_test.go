package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
)

// TestRepositoryStatus is the truth table of a repository's status by those of its branches.
func TestRepositoryStatus(t *testing.T) {
	t.Parallel()
	for branches, want := range map[string]store.Status{
		"SSS": store.Secure, "SSO": store.Outdated, "SNO": store.PartiallyScanned, "NNN": store.NotScanned, "VNN": store.Vulnerable, "OOO": store.Outdated,
		"SSN": store.PartiallyScanned, "SSV": store.Vulnerable, "": store.NotScanned, "ONN": store.PartiallyScanned, "VOS": store.Vulnerable,
		"SSP": store.PartiallyScanned, "PPP": store.PartiallyScanned, "POV": store.Vulnerable, "PO": store.PartiallyScanned,
	} {
		var c store.Counts
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
		require.Equal(t, want, store.RepositoryStatus(c), branches)
	}
	require.Equal(t, store.PartiallyScanned, store.ProjectStatus(store.Counts{Secure: 3, PartiallyScanned: 1}))
	require.Equal(t, store.Outdated, store.ProjectStatus(store.Counts{Secure: 3, Outdated: 1}))
	require.Equal(t, store.NotScanned, store.ProjectStatus(store.Counts{}))
}

func TestBranchStatus(t *testing.T) {
	t.Parallel()
	state := func(s store.State) *store.State { return &s }
	number := func(n int) *int { return &n }
	scanned := func(change func(*store.Knowledge)) store.Knowledge {
		k := store.Knowledge{Scanned: true, Commit: "a", Head: "a", Behind: number(0)}
		if change != nil {
			change(&k)
		}
		return k
	}
	for name, c := range map[string]struct {
		k      store.Knowledge
		status store.Status
		scan   store.ScanStatus
		text   string
	}{
		"new":                        {store.Knowledge{Head: "a"}, store.NotScanned, store.ScanNotScanned, "Not Scanned"},
		"clean":                      {scanned(nil), store.Secure, store.ScanUpToDate, "Up To Date"},
		"open findings":              {scanned(func(k *store.Knowledge) { k.Open = 1 }), store.Vulnerable, store.ScanUpToDate, "Up To Date"},
		"incomplete":                 {scanned(func(k *store.Knowledge) { k.Incomplete = true }), store.PartiallyScanned, store.ScanIncomplete, "Scanned In Part"},
		"incomplete with findings":   {scanned(func(k *store.Knowledge) { k.Incomplete, k.Open = true, 1 }), store.Vulnerable, store.ScanIncomplete, "Scanned In Part"},
		"three commits later":        {scanned(func(k *store.Knowledge) { k.Head, k.Behind = "b", number(3) }), store.Outdated, store.ScanCommitsAgo, "Scanned 3 Commits Ago"},
		"one commit later":           {scanned(func(k *store.Knowledge) { k.Head, k.Behind = "b", number(1) }), store.Outdated, store.ScanCommitsAgo, "Scanned 1 Commit Ago"},
		"vulnerable and stale":       {scanned(func(k *store.Knowledge) { k.Head, k.Behind, k.Open = "b", number(1), 2 }), store.Vulnerable, store.ScanCommitsAgo, "Scanned 1 Commit Ago"},
		"rewritten":                  {scanned(func(k *store.Knowledge) { k.Head, k.Behind, k.Rewritten = "b", nil, true }), store.Outdated, store.ScanCommitsAgo, "Scanned Before History Rewrite"},
		"other rules":                {scanned(func(k *store.Knowledge) { k.ConfigChanged = true }), store.Outdated, store.ScanCommitsAgo, "Scanned With Older Rules"},
		"queued":                     {scanned(func(k *store.Knowledge) { k.Queued = true }), store.Secure, store.ScanQueued, "Queued"},
		"running and queued again":   {scanned(func(k *store.Knowledge) { k.Queued, k.Running = true, true }), store.Secure, store.ScanScanning, "Scanning"},
		"cancelled later":            {scanned(func(k *store.Knowledge) { k.Attempt, k.AttemptIsNewer = state(store.Cancelled), true }), store.Secure, store.ScanCancelled, "Cancelled"},
		"failed later":               {scanned(func(k *store.Knowledge) { k.Attempt, k.AttemptIsNewer = state(store.Failed), true }), store.Secure, store.ScanInternalError, "Internal Error"},
		"failed before":              {scanned(func(k *store.Knowledge) { k.Attempt = state(store.Failed) }), store.Secure, store.ScanUpToDate, "Up To Date"},
		"failed at the first scan":   {store.Knowledge{Head: "a", Attempt: state(store.Failed)}, store.NotScanned, store.ScanInternalError, "Internal Error"},
		"cancelled, never succeeded": {store.Knowledge{Head: "a", Attempt: state(store.Cancelled)}, store.NotScanned, store.ScanCancelled, "Cancelled"},
	} {
		require.Equal(t, c.status, c.k.Status(), name)
		require.Equal(t, c.scan, c.k.ScanStatus(), name)
		require.Equal(t, c.text, c.k.ScanStatusText(), name)
	}
}
