package key

import (
	"encoding/base64"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/check"
)

func TestJWTExpiry(t *testing.T) {
	t.Parallel()
	signature := []byte("4Zk_R7bQ2mX9wL3pV8tYhN5cJ6sD1fGa0eUiOoKk")
	encode := func(text string) []byte { return []byte(base64.RawURLEncoding.EncodeToString([]byte(text))) }
	tests := map[string]struct {
		header, payload string
		want            check.Verdict
	}{
		"expired":   {`{"alg":"HS256"}`, `{"exp":1500000000}`, check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceHigh, Note: "It has expired."}},
		"valid":     {`{"alg":"HS256"}`, `{"exp":` + big.NewInt(time.Now().Add(24*365*time.Hour).Unix()).String() + `}`, check.Verdict{Confidence: scan.ConfidenceCertain, Note: "It is signed, and has not expired."}},
		"endless":   {`{"alg":"HS256"}`, `{"sub":"ann"}`, check.Verdict{Confidence: scan.ConfidenceCertain, Note: "It is signed, and does not expire."}},
		"none":      {`{"alg":"None"}`, `{"sub":"ann"}`, check.Verdict{Drop: true}},
		"encrypted": {`{"alg":"RSA-OAEP","enc":"A256GCM"}`, `{"sub":"ann"}`, check.Verdict{Drop: true}},
		"manual":    {`{"alg":"HS256"}`, `{"sub":"1234567890"}`, check.Verdict{Drop: true}},
		"anonymous": {`{"alg":"HS256"}`, `{"role":"anon"}`, check.Verdict{Severity: scan.SeverityLow, Confidence: scan.ConfidenceMedium, Note: "Its role is anonymous."}},
		"no header": {`[1]`, `{"sub":"ann"}`, check.Verdict{Confidence: scan.ConfidenceMedium}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, judgeJWT(encode(test.header), encode(test.payload), signature))
		})
	}
}

func FuzzJWT(f *testing.F) {
	f.Add([]byte("eyJhbGciOiJIUzI1NiJ9"), []byte("eyJzdWIiOiJhbm4ifQ"), []byte("4Zk_R7bQ2mX9wL3pV8tYhN5cJ6sD1fGa0eUiOoKk"))
	f.Fuzz(func(t *testing.T, header, payload, signature []byte) {
		if v := judgeJWT(header, payload, signature); v.Drop && v.Note != "" {
			t.Fatal("a dropped token has no note")
		}
	})
}
