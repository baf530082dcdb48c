package openid

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzClaims reads claims of any kind: only texts come out of them, and the person is who "sub" says.
func FuzzClaims(f *testing.F) {
	f.Add([]byte(`{"sub":"s1","preferred_username":"jane","email":"jane@example.com","email_verified":true,"groups":["devs","ops"]}`))
	f.Add([]byte(`{"sub":7,"preferred_username":{"a":[]},"email":null,"email_verified":"true","groups":"devs"}`))
	f.Add([]byte(`{"sub":"\u0000<b>","preferred_username":"` + strings.Repeat("x", 10_000) + `","groups":[[["devs"]],null,1e400,"\ud800"]}`))
	p := &Provider{config: Config{Issuer: "https://login.example.com", NameClaim: "preferred_username", GroupsClaim: "groups"}}
	f.Fuzz(func(t *testing.T, text []byte) {
		var all claims
		if json.Unmarshal(text, &all) != nil {
			return
		}
		who := p.person(all)
		require.Len(t, who.Names, 1)
		for _, text := range append([]string{who.Subject, who.Email, who.Names[0]}, who.Groups...) {
			require.True(t, utf8.ValidString(text))
		}
		if who.EmailVerified {
			value := string(all["email_verified"])
			require.True(t, value == "true" || all.text("email_verified") == "true", value)
		}
	})
}
