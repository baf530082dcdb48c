package export_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/teststore"
)

func TestMain(m *testing.M) { os.Exit(teststore.Run(m)) }

// TestALongAuditLog is written whole, newest first, in pieces, each entry once, although entries come meanwhile. No cell is a formula.
func TestALongAuditLog(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), teststore.SQLite(t))
	require.NoError(t, err)
	defer func() { require.NoError(t, st.Close()) }()
	const entries = 1234
	for i := range entries {
		require.NoError(t, st.Audit.Add(t.Context(), &audit.Event{Actor: "ada", Action: "rule.added", Object: "=1+1", Detail: "line " + strconv.Itoa(i) + "\nnext"}))
	}
	var b bytes.Buffer
	flushed := 0
	require.NoError(t, export.WriteAudit(t.Context(), st.Audit, audit.Filter{Actor: "ada"}, &b, func() error {
		flushed++
		return st.Audit.Add(t.Context(), &audit.Event{Actor: "ada", Action: "meanwhile"})
	}))
	require.Greater(t, flushed, 1)
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+entries)
	for i, row := range rows[1:] {
		require.Equal(t, []string{strconv.Itoa(entries - i), "ada", "rule.added", "'=1+1", "line " + strconv.Itoa(entries-1-i) + "\nnext"}, []string{row[0], row[2], row[3], row[4], row[5]})
	}
	gone := errors.New("gone")
	require.ErrorIs(t, export.WriteAudit(t.Context(), st.Audit, audit.Filter{}, &b, func() error { return gone }), gone)
}
