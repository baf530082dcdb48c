package looks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClassifyName(t *testing.T) {
	t.Parallel()
	kinds := map[NameKind][]string{
		NamePassword: {
			"password", "DB_PASSWORD", "dbPassword", "db-password", "passwd", "userpass", "MYSQL_PWD", "spring.datasource.password",
			"passphrase", "password2", "adminpassword", "PasswordProd", "root_password_default", "sshPassphrase",
		},
		NameSecret:     {"secret", "client_secret", "clientSecret", "SECRET_KEY", "secret_key_base", "jwtSecret", "mysecret", "CLIENT_SECRET_PROD"},
		NameKey:        {"api_key", "apiKey", "API-KEY", "awsAccessKey", "encryption_key", "privateKey", "googleMapsKey", "x-api-key", "storageKey"},
		NameToken:      {"token", "access_token", "authToken", "GITHUB_TOKEN", "oauthtoken", "bot.token"},
		NameCredential: {"_auth", "credentials", "cred"},
		NameOther: {
			"", "pass_count", "passwordLength", "password_field", "publicKey", "public_key", "key", "key_id", "keyboard", "monkey",
			"tokenizer", "max_tokens", "token_url", "csrf_token", "next_page_token", "secret_name", "secretId", "passwordHash", "PWD", "OLDPWD",
			"bypass", "compass", "author", "passwordLabel", "reset_password", "password_hint", "invalidPassword", "hotkey", "tokenType",
			"password_policy", "has_password", "api_key_header_name", "cacheKey", "secretPath", "token_count", "sha256_token",
		},
	}
	for kind, names := range kinds {
		for _, name := range names {
			require.Equal(t, kind, ClassifyName([]byte(name)), name)
		}
	}
}

func TestNameWords(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"dbPassword": "db Password", "DB_PASSWORD": "DB PASSWORD", "HTTPServerKey": "HTTP Server Key", "api-key.v2": "api key v2",
		"a1B2": "a1 B2", "__x__": "x", "userIDs": "user IDs",
	}
	for name, want := range tests {
		var words [MaxNameWords][]byte
		n := NameWords([]byte(name), &words)
		var got []string
		for _, w := range words[:n] {
			got = append(got, string(w))
		}
		require.Equal(t, want, strings.Join(got, " "), name)
	}
}
