package scan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, secret, want string }{
		{"empty", "", "••••••••"},
		{"short password", "hunter2", "••••••••"},
		{"token", "prefix" + strings.Repeat("x", 30) + "tail", "••••••••"},
		{"passphrase", "correct horse battery staple and so on and on", "••••••••"},
		{"key", "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIabc\n-----END", "-----BEGIN RSA PRIVATE KEY-----••••••••"},
		{"label that is none", "-----BEGIN \nMIIsecretsecretsecret-----", "••••••••"},
		{"wide runes", strings.Repeat("é", 24), "••••••••"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, scan.Mask(c.secret))
		})
	}
}
