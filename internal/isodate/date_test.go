package isodate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/isodate"
)

func TestDatesThatPeopleWrite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-30": "2026-11-30T00:00:00Z", "2026-11-30T09:00:00Z": "2026-11-30T09:00:00Z", "2026-11-30T09:00:00+02:00": "2026-11-30T07:00:00Z", "2026-11-30T09:00:00+0200": "2026-11-30T07:00:00Z",
		"2026-11-30T09:00:00": "2026-11-30T09:00:00Z",
	} {
		got, err := isodate.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got.Format(time.RFC3339))
	}
	for _, text := range []string{"", "yesterday", "30.11.2026", "2026-13-01", "1969-01-01", "20261-01-01", "2026-11-30 09:00"} {
		_, err := isodate.Parse(text)
		require.Error(t, err, text)
	}
}
