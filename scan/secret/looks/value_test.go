package looks

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestValueModel(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		judge func([]byte) bool
		yes   []string
		no    []string
	}{
		"random": {
			Random,
			[]string{
				"4ZkR7bQ2mX9wL3pV8tYh", "9f86d081884c7d65" + "9a2feaa0c55ad015", "Zm9v-YmFy_MTIz-NDU2x9Q", "aK3!xQ9#mZ",
				"qWmkZtRpXbNvLcJhGfDsYuIoTzKa", "a8Xk29Qm",
			},
			[]string{
				"", "short1", "databaseConnectionName", "user-account-identifier", "2024-01-15", "12345678901234567890", "v1.22.333-beta",
				"hello world 12345678", "aaaaaaaaaaaaaaaaaaaa", "deadbeef", "AuthenticationTokenProvider",
			},
		},
		"placeholder": {
			Placeholder,
			[]string{
				"changeme", "CHANGEME", "xxxxxxxx", "********", "<password>", "your-api-key", "YOUR_TOKEN_HERE", "password", "example-secret", "null",
				"todo", "aaaaaa", "....", "insert-token-here", "REDACTED",
			},
			[]string{"hunter22", "Tr0ub4dor&3", "4ZkR7bQ2mX9w"},
		},
		"reference": {
			Reference,
			[]string{
				"", "${X}", "$PASSWORD", "$(cat x)", "{{ x }}", "%X%", "process.env.X", "os.environ['X']", "vault:kv/x#y", "arn:aws:x", "<%= x %>",
				"#{x}", "%s", "getPassword()", "@{x}", "[x]", "{x}", "ENC(abc)", "op://vault/item", "__PASSWORD__", "config.password", "!Ref",
			},
			[]string{"pa$$w0rd", "$2y$12$abc", "50%off!x", "hunter22", "a{b"},
		},
		"location": {
			Location,
			[]string{"/etc/passwd", "./key.pem", "../x", "~/.ssh/id", "C:\\keys\\x", "https://acme.io/x", "server.key", "config/secrets.yml", "ann@acme.io"},
			[]string{"hunter22", "4Zk/R7bQ+2mX9w==", "p@ss.w0rd1"},
		},
		"wordy": {
			Wordy,
			[]string{"authentication", "DatabaseConnection", "my-secret-token-name", "thisismypassword"},
			[]string{"4ZkR7bQ2mX9w", "xqzvkjwpfh", "a8f3k2m9"},
		},
		"identifier": {
			Identifier,
			[]string{"user_password", "a.b.c", "new-password", "key_v2"},
			[]string{"password", "4Zk_R7b_Q2m", "-x", "a!b"},
		},
		"uuid": {
			UUID,
			[]string{"00000000-0000-4000-8000-000000000000"},
			[]string{"00000000-0000-4000-8000-00000000000", "00000000000040008000000000000000abcd", "g0000000-0000-4000-8000-000000000000"},
		},
		"strong": {
			StrongPassword,
			[]string{"Gr3enHouse", "aK3!xQ9#", "p1a2s3s4"},
			[]string{"Ab1!", "password", "password1", "12345678"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range test.yes {
				require.True(t, test.judge([]byte(text)), text)
			}
			for _, text := range test.no {
				require.False(t, test.judge([]byte(text)), text)
			}
		})
	}
}

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[^\W\d]\w*`, `%[a-f0-9]{2}`, `^(?:x|y)$`, `input[type=text]`, `[!#$%&'*+.^_|~0-9A-Za-z]{1,}`} {
		require.True(t, Pattern([]byte(text)), text)
	}
	for _, text := range []string{"Gr3en.House", `h]6EszR}vJ*m`, "a[3]x-9", "4Zk/R7bQ+2mX9w=="} {
		require.False(t, Pattern([]byte(text)), text)
	}
}

func TestPathsAndPorts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a/b/server.d", "464/tcp", "s/protect/protected/", "backend:5000", "token.acme:8080"} {
		require.True(t, Location([]byte(text)), text)
	}
	for _, text := range []string{"4Zk/R7bQ", "x9/k2", "abc:12x", "ann:1", "Backend:5000"} {
		require.False(t, Location([]byte(text)), text)
	}
}

func TestNameLike(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"X-Api-Key", "@app:token_v1", "_sf2_meta", "buildbot.www.oauth2:GitHubAuth", "0005_auto_20160727_2333"} {
		require.True(t, NameLike([]byte(text)), text)
	}
	for _, text := range []string{"acme_live_8f7d6a5c4b3e", "4ZkR7bQ2mX9w", "a8f3.k2m9:x7", "tok_9f8e7d6c_abcd"} {
		require.False(t, NameLike([]byte(text)), text)
	}
}
