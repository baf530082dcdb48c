package scan_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// marks returns a Scanner.Verify that records its findings and marks every live secret active, except TOKEN_old.
func marks(shown *[]string) func(context.Context, []scan.Finding) []scan.Note {
	return func(_ context.Context, findings []scan.Finding) []scan.Note {
		for i := range findings {
			f := &findings[i]
			if !f.Live() {
				continue
			}
			*shown = append(*shown, f.Secret.Reveal())
			f.Verified, f.Severity = scan.VerifyActive, scan.SeverityCritical
			if f.Secret.Reveal() == "TOKEN_old" {
				f.Verified, f.Severity = scan.VerifyRevoked, scan.SeverityLow
			}
		}
		return []scan.Note{{Code: "verified", Text: "asked"}}
	}
}

func TestVerifyComesAfterSuppressionAndBeforeOrder(t *testing.T) {
	t.Parallel()
	var shown []string
	s := scanner()
	s.Verify = marks(&shown)
	var err error
	s.Policy, err = scan.ParsePolicy(".sluice.yml", []byte("suppress:\n  - path: vendor/**\n    reason: not ours\n"))
	require.NoError(t, err)
	s.Baseline, err = scan.ReadBaseline("baseline.json", strings.NewReader(
		`{"version":1,"findings":[{"fingerprint":"`+fingerprintOf(t, "TOKEN_known")+`"}]}`))
	require.NoError(t, err)
	result, err := s.Scan(t.Context(), scan.Input{
		Head: tree{
			"a": "TOKEN_old", "b": "TOKEN_live", "c": "TOKEN_here # sluice:allow", "d": "TOKEN_known", "vendor/e": "TOKEN_there",
		},
		History: tree{"gone": "TOKEN_gone"},
	})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"TOKEN_old", "TOKEN_live", "TOKEN_gone"}, shown)
	var got []string
	for _, f := range result.Findings {
		got = append(got, f.Path+" "+f.Severity.String()+" "+f.Verified.String())
	}
	require.Equal(t, []string{"b CRITICAL active", "gone CRITICAL active", "a LOW revoked", "c HIGH ", "vendor/e HIGH ", "d HIGH "}, got)
	require.Contains(t, result.Notes, scan.Note{Code: "verified", Text: "asked"})
	require.Equal(t, scan.Counts{Critical: 2, Low: 1, New: 3}, result.Count("secrets"))
	require.Equal(t, 2, scan.Gate{FailOn: scan.SeverityHigh, Scope: scan.ScopeAll}.Blocking(result))
}

// fingerprintOf returns the fingerprint that a scan gives to a token.
func fingerprintOf(t *testing.T, token string) string {
	t.Helper()
	result, err := scanner().Scan(t.Context(), scan.Input{Head: tree{"x": token}})
	require.NoError(t, err)
	return result.Findings[0].Fingerprint
}

func TestPolicyWinsOverVerify(t *testing.T) {
	t.Parallel()
	var shown []string
	s := scanner()
	s.Verify = marks(&shown)
	s.Policy = &scan.Policy{Severities: map[string]scan.Severity{"TEST_TOKEN": scan.SeverityMedium}}
	result, err := s.Scan(t.Context(), scan.Input{Head: tree{"a": "TOKEN_old", "b": "TOKEN_live"}})
	require.NoError(t, err)
	for _, f := range result.Findings {
		require.Equal(t, scan.SeverityMedium, f.Severity)
		require.NotEqual(t, scan.VerifyNone, f.Verified)
	}
}

func TestVerifyEndsWithTheScan(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := scanner()
	s.Verify = func(context.Context, []scan.Finding) []scan.Note {
		cancel()
		return nil
	}
	_, err := s.Scan(ctx, scan.Input{Head: tree{"a": "TOKEN_live"}})
	require.ErrorIs(t, err, context.Canceled)
}

func TestVerifyStateText(t *testing.T) {
	t.Parallel()
	for state, want := range map[scan.VerifyState]string{
		scan.VerifyNone: "", scan.VerifyActive: "active", scan.VerifyRevoked: "revoked", scan.VerifyUnknown: "unknown",
	} {
		text, err := state.MarshalText()
		require.NoError(t, err)
		require.Equal(t, want, string(text))
		var back scan.VerifyState
		require.NoError(t, back.UnmarshalText([]byte(strings.ToUpper(want)+" ")))
		require.Equal(t, state, back)
	}
	require.Equal(t, "verify(9)", scan.VerifyState(9).String())
	var v scan.VerifyState
	require.EqualError(t, v.UnmarshalText([]byte("dead")), `"dead" is not a provider's answer: use active, revoked or unknown`)
}
