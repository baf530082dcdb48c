package secret

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func verdictOf(c check, token string) verdict { return c([]byte(token), 0, len(token)) }

// The sums were computed with another program.
func TestChecksums(t *testing.T) {
	t.Parallel()
	pypi := "pypi-AgEIcHlwaS5vcmcC" + strings.Repeat("Ab1d", 20)
	tests := map[string]struct {
		check check
		token string
		want  verdict
	}{
		"github fits":            {checkGitHub, githubToken, certain},
		"github broken":          {checkGitHub, "ghp_" + strings.Repeat("a", 36), verdict{severity: scan.SeverityLow, confidence: scan.ConfidenceLow, note: checksumWrong}},
		"github long refresh":    {checkGitHub, "ghr_" + strings.Repeat("a", 76), verdict{}},
		"npm fits":               {checkBase62, "npm_" + "T5vNq8RkX2bWm7ZcLp4YhJd9GfSu" + "3A2E3RcI", certain},
		"Polar fits":             {checkBase62, "polar_oat_" + "kT5vNq8RkX2bWm7ZcLp4YhJd9GfSu3A2E3RcI" + "2IxSpB", certain},
		"npm broken":             {checkBase62, "npm_" + strings.Repeat("b", 36), verdict{confidence: scan.ConfidenceMedium, note: checksumWrong}},
		"gitlab routable broken": {checkGitLabRoutable, "glpat-" + strings.Repeat("a", 27) + ".01.0r0000000", verdict{confidence: scan.ConfidenceMedium, note: checksumWrong}},
		"gitlab plain":           {checkGitLabRoutable, "glpat-" + strings.Repeat("a", 20), verdict{}},
		"hex fits":               {checkHexCRC, "glsa_" + "abcdefghijklmnopqrstuvwxyz012345" + "_3cf6f48a", certain},
		"hex does not fit":       {checkHexCRC, "glsa_" + "abcdefghijklmnopqrstuvwxyz012345" + "_00000000", verdict{}},
		"hex is none":            {checkHexCRC, "glsa_abcdefghijklmnopqrst_zzzzzzzz", verdict{}},
		"age fits":               {checkBech32, "AGE-SECRET-KEY-1" + "T4DN8FEHRA9ML33LM9ARHEF8ND4T0PP0T4DN8FEHRA9ML33LM9ARELKJ0H", certain},
		"age broken":             {checkBech32, "AGE-SECRET-KEY-1" + "T4DN8FEHRA9ML33LM9ARHEF8ND4T0PP0T4DN8FEHRA9ML33LM9ARELKJ0Q", verdict{confidence: scan.ConfidenceMedium, note: checksumWrong}},
		"age foreign letter":     {checkBech32, "AGE-SECRET-KEY-1BBBBBBBBBB", verdict{drop: true}},
		"aws account":            {checkAWSKeyID, "AKIA" + "RZPUZDIKKWPDO6NZ", verdict{note: "It belongs to AWS account 123456789012."}},
		"aws before 2019":        {checkAWSKeyID, "AKIA" + "J7QWERASDFZXCVB2", verdict{}},
		"aws manual":             {checkAWSKeyID, "AKIA" + "IOSFODNN7EXAMPLE", verdict{refused: true}},
		"macaroon":               {checkMacaroon, pypi, verdict{confidence: scan.ConfidenceCertain, note: "It is a macaroon for pypi.org."}},
		"macaroon cut off":       {checkMacaroon, "pypi-AgEI", verdict{confidence: scan.ConfidenceMedium}},
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
	text := func(sample Sample) string {
		value, err := sample.Text()
		require.NoError(t, err)
		return value
	}
	tests := map[string]struct {
		check check
		token Sample
		drop  bool
		want  scan.Confidence
	}{
		"pair":                  {checkBase64Pair, "⟦encode ann:⟦alnum 12⟧⟧", false, scan.ConfidenceHigh},
		"pair without password": {checkBase64Pair, "⟦encode ann:⟧", true, 0},
		"pair of placeholders":  {checkBase64Pair, "⟦encode user:password⟧", true, 0},
		"pair of bytes":         {checkBase64Pair, "⟦encode a:\x01\x02\x03⟧", true, 0},
		"discord":               {checkDiscord, "⟦encodeurl 123456789012345678⟧.abcdef.x", false, scan.ConfidenceCertain},
		"discord of letters":    {checkDiscord, "⟦encodeurl abcdefghijklmnopqr⟧.abcdef.x", true, 0},
		"jira":                  {checkJiraToken, "⟦encode 123456789012:⟦alnum 20⟧⟧", false, scan.ConfidenceCertain},
		"jira without number":   {checkJiraToken, "⟦encode abcdefghijkl:⟦alnum 20⟧⟧", true, 0},
		"json":                  {checkBase64JSON, "glc_⟦encode {\"o\":\"1\"}⟧", false, scan.ConfidenceCertain},
		"json damaged":          {checkBase64JSON, "glc_eyJvIjoiMTIz", false, scan.ConfidenceMedium},
		"json missing":          {checkBase64JSON, "glc_abcdefgh", true, 0},
		"azure marker":          {checkAzureMarker, "⟦alnum 52⟧JQQJ99CDACAAAAAK⟦alnum 8⟧AZDO⟦alnum 4⟧", false, scan.ConfidenceCertain},
		"storage signature":     {checkStorageKey, "⟦base64 76⟧+ASt⟦base64 6⟧==", false, scan.ConfidenceCertain},
		"storage length":        {checkStorageKey, "⟦base64 60⟧", false, scan.ConfidenceMedium},
		"bedrock":               {checkBedrock, "ABSK⟦encode BedrockAPIKey-ab12:⟦alnum 30⟧⟧", false, scan.ConfidenceCertain},
		"bcrypt":                {checkCryptHash, "$2y$12$⟦alnum 53⟧", false, 0},
		"bcrypt too short":      {checkCryptHash, "$2y$12$⟦alnum 52⟧", true, 0},
		"mixed words":           {checkMixed, "databaseconnectionname1", true, 0},
		"mixed":                 {checkMixed, "⟦alnum 24⟧", false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := verdictOf(test.check, text(test.token))
			require.Equal(t, test.drop, got.drop)
			require.Equal(t, test.want, got.confidence)
		})
	}
}

func TestPlausible(t *testing.T) {
	t.Parallel()
	require.True(t, plausible([]byte("hf_"+strings.Repeat("x", 34))).drop)
	require.True(t, plausible([]byte("sk_live_"+strings.Repeat("0", 24))).drop)
	require.Equal(t, scan.SeverityLow, plausible([]byte("sk_live_"+strings.Repeat("AB", 12))).severity)
	require.Equal(t, scan.SeverityLow, plausible([]byte("tok_4Zk1234567890QwRt")).severity)
	require.Equal(t, verdict{}, plausible([]byte("tok_4ZkR7bQ2mX9wL3pV8")))
}

// The first example is the one of passlib's documentation.
func TestCiscoType7(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"044B0A151C36435C0D": "pass" + "word", "08065E1D0C17512D19": "Gr3en" + "4Zk"} {
		v := checkCiscoType7([]byte(text), 0, len(text))
		require.False(t, v.drop, text)
		require.Equal(t, want, v.decoded)
	}
	for _, text := range []string{"53065E1D0C17512D19", "00112233445566778899", "04FFFFFFFFFF"} {
		require.True(t, checkCiscoType7([]byte(text), 0, len(text)).drop, text)
	}
}
