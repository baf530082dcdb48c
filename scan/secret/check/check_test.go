package check_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// githubToken is a made-up token with the right checksum; assembled, so that no scanner takes this file for a leak.
var githubToken = "ghp_" + "R7mQ2xVb9KpLw4TzNc8YdHs3FgJu" + "6E2dzGej"

var (
	certain  = check.Verdict{Confidence: scan.ConfidenceCertain, Note: "Its checksum fits, so it is a real one."}
	doubtful = check.Verdict{Confidence: scan.ConfidenceMedium, Note: "Its checksum does not fit, so it may be made up."}
)

func verdictOf(name, token string) check.Verdict {
	return check.Named(name)([]byte(token), 0, len(token))
}

// Another program computed the checksums.
func TestChecksums(t *testing.T) {
	t.Parallel()
	pypi := "pypi-AgEIcHlwaS5vcmcC" + strings.Repeat("Ab1d", 20)
	tests := map[string]struct {
		check string
		token string
		want  check.Verdict
	}{
		"github fits":            {"github", githubToken, certain},
		"github broken":          {"github", "ghp_" + strings.Repeat("a", 36), check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceLow, Note: doubtful.Note}},
		"github long refresh":    {"github", "ghr_" + strings.Repeat("a", 76), check.Verdict{}},
		"npm fits":               {"base62", "npm_" + "T5vNq8RkX2bWm7ZcLp4YhJd9GfSu" + "3A2E3RcI", certain},
		"Polar fits":             {"base62", "polar_oat_" + "kT5vNq8RkX2bWm7ZcLp4YhJd9GfSu3A2E3RcI" + "2IxSpB", certain},
		"npm broken":             {"base62", "npm_" + strings.Repeat("b", 36), doubtful},
		"gitlab routable broken": {"gitlab_routable", "glpat-" + strings.Repeat("a", 27) + ".01.0r0000000", doubtful},
		"gitlab plain":           {"gitlab_routable", "glpat-" + strings.Repeat("a", 20), check.Verdict{}},
		"hex fits":               {"hex_crc", "glsa_" + "abcdefghijklmnopqrstuvwxyz012345" + "_3cf6f48a", certain},
		"hex does not fit":       {"hex_crc", "glsa_" + "abcdefghijklmnopqrstuvwxyz012345" + "_00000000", check.Verdict{}},
		"hex is none":            {"hex_crc", "glsa_abcdefghijklmnopqrst_zzzzzzzz", check.Verdict{}},
		"age fits":               {"bech32", "AGE-SECRET-KEY-1" + "T4DN8FEHRA9ML33LM9ARHEF8ND4T0PP0T4DN8FEHRA9ML33LM9ARELKJ0H", certain},
		"age broken":             {"bech32", "AGE-SECRET-KEY-1" + "T4DN8FEHRA9ML33LM9ARHEF8ND4T0PP0T4DN8FEHRA9ML33LM9ARELKJ0Q", doubtful},
		"age foreign letter":     {"bech32", "AGE-SECRET-KEY-1BBBBBBBBBB", check.Verdict{Drop: true}},
		"aws account":            {"aws_key_id", "AKIA" + "RZPUZDIKKWPDO6NZ", check.Verdict{Note: "It belongs to AWS account 123456789012."}},
		"aws before 2019":        {"aws_key_id", "AKIA" + "J7QWERASDFZXCVB2", check.Verdict{}},
		"aws manual":             {"aws_key_id", "AKIA" + "IOSFODNN7EXAMPLE", check.Verdict{Refused: true}},
		"macaroon":               {"macaroon", pypi, check.Verdict{Confidence: scan.ConfidenceCertain, Note: "It is a macaroon for pypi.org."}},
		"macaroon cut off":       {"macaroon", "pypi-AgEI", check.Verdict{Confidence: scan.ConfidenceMedium}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, verdictOf(test.check, test.token))
		})
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	text := func(sample rule.Sample) string {
		value, err := sample.Text()
		require.NoError(t, err)
		return value
	}
	tests := map[string]struct {
		check string
		token rule.Sample
		drop  bool
		want  scan.Confidence
	}{
		"pair":                  {"base64_pair", "⟦encode ann:⟦alnum 12⟧⟧", false, scan.ConfidenceHigh},
		"pair without password": {"base64_pair", "⟦encode ann:⟧", true, 0},
		"pair of placeholders":  {"base64_pair", "⟦encode user:password⟧", true, 0},
		"pair of bytes":         {"base64_pair", "⟦encode a:\x01\x02\x03⟧", true, 0},
		"discord":               {"discord", "⟦encodeurl 123456789012345678⟧.abcdef.x", false, scan.ConfidenceCertain},
		"discord of letters":    {"discord", "⟦encodeurl abcdefghijklmnopqr⟧.abcdef.x", true, 0},
		"jira":                  {"jira_token", "⟦encode 123456789012:⟦alnum 20⟧⟧", false, scan.ConfidenceCertain},
		"jira without number":   {"jira_token", "⟦encode abcdefghijkl:⟦alnum 20⟧⟧", true, 0},
		"json":                  {"base64_json", "glc_⟦encode {\"o\":\"1\"}⟧", false, scan.ConfidenceCertain},
		"json damaged":          {"base64_json", "glc_eyJvIjoiMTIz", false, scan.ConfidenceMedium},
		"json missing":          {"base64_json", "glc_abcdefgh", true, 0},
		"azure marker":          {"azure_marker", "⟦alnum 52⟧JQQJ99CDACAAAAAK⟦alnum 8⟧AZDO⟦alnum 4⟧", false, scan.ConfidenceCertain},
		"storage signature":     {"storage_key", "⟦base64 76⟧+ASt⟦base64 6⟧==", false, scan.ConfidenceCertain},
		"storage length":        {"storage_key", "⟦base64 60⟧", false, scan.ConfidenceMedium},
		"bedrock":               {"bedrock", "ABSK⟦encode BedrockAPIKey-ab12:⟦alnum 30⟧⟧", false, scan.ConfidenceCertain},
		"bcrypt":                {"crypt_hash", "$2y$12$⟦alnum 53⟧", false, 0},
		"bcrypt too short":      {"crypt_hash", "$2y$12$⟦alnum 52⟧", true, 0},
		"mixed words":           {"mixed", "databaseconnectionname1", true, 0},
		"mixed":                 {"mixed", "⟦alnum 24⟧", false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := verdictOf(test.check, text(test.token))
			require.Equal(t, test.drop, got.Drop)
			require.Equal(t, test.want, got.Confidence)
		})
	}
}

func TestPlausible(t *testing.T) {
	t.Parallel()
	require.True(t, check.Plausible([]byte("hf_"+strings.Repeat("x", 34))).Drop)
	require.True(t, check.Plausible([]byte("sk_live_"+strings.Repeat("0", 24))).Drop)
	require.Equal(t, scan.SeverityLow, check.Plausible([]byte("sk_live_"+strings.Repeat("AB", 12))).Severity)
	require.Equal(t, scan.SeverityLow, check.Plausible([]byte("tok_4Zk1234567890QwRt")).Severity)
	require.Equal(t, check.Verdict{}, check.Plausible([]byte("tok_4ZkR7bQ2mX9wL3pV8")))
}

// The first example is from the documentation of passlib.
func TestCiscoType7(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"044B0A151C36435C0D": "pass" + "word", "08065E1D0C17512D19": "Gr3en" + "4Zk"} {
		v := verdictOf("cisco_type7", text)
		require.False(t, v.Drop, text)
		require.Equal(t, want, v.Decoded)
	}
	for _, text := range []string{"53065E1D0C17512D19", "00112233445566778899", "04FFFFFFFFFF"} {
		require.True(t, verdictOf("cisco_type7", text).Drop, text)
	}
}
