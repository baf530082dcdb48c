package verify_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
	"github.com/sluice-scan/sluice/scan/secret/rule"
	"github.com/sluice-scan/sluice/scan/secret/verify"
)

func rules(t testing.TB) map[string]rule.Verification {
	t.Helper()
	list, err := secret.Verifications()
	require.NoError(t, err)
	return list
}

// findings returns, for each rule with a verification, what the detector finds in the rule's first sample: real findings of
// made-up secrets.
func findings(t testing.TB) map[string]scan.Finding {
	t.Helper()
	files, err := filepath.Glob("../builtin/rules/*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	detector, err := secret.New(secret.Options{})
	require.NoError(t, err)
	found := map[string]scan.Finding{}
	verified := rules(t)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		var providers []struct {
			Rules []struct {
				ID    string          `yaml:"id"`
				Match []secret.Sample `yaml:"match"`
			} `yaml:"rules"`
		}
		require.NoError(t, yaml.Unmarshal(data, &providers))
		for _, p := range providers {
			for _, r := range p.Rules {
				if _, ok := verified[r.ID]; !ok {
					continue
				}
				text, err := r.Match[0].Text()
				require.NoError(t, err)
				content := &scan.Content{File: scan.File{Path: "deploy/settings"}, Data: []byte(text)}
				list, err := detector.Begin().File(t.Context(), content)
				require.NoError(t, err)
				for _, f := range list {
					if f.RuleID == r.ID {
						f.Path, f.Severity = "deploy/"+strings.ToLower(r.ID), scan.SeverityHigh
						found[r.ID] = f
					}
				}
				require.Contains(t, found, r.ID)
			}
		}
	}
	require.Len(t, found, len(verified))
	return found
}

// transport answers calls in memory.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func ask(t testing.TB, options verify.Options, list ...scan.Finding) ([]scan.Finding, []scan.Note) {
	t.Helper()
	notes := verify.New(rules(t), options).Verify(t.Context(), list)
	return list, notes
}
