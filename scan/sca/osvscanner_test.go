package sca_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
)

// nameIsRegex makes a name an expression that is anchored at both ends.
func TestAPatternOfOSVScannerMatchesWholeNames(t *testing.T) {
	t.Parallel()
	for pattern, suppressed := range map[string]bool{
		"exp.*": true, "express": true, "ex(press|tra)": true, "(?i)EXPRESS": true, ".*": true, "foo|exp.*": true,
		"expres": false, "xpress": false, "express.+": false, "foo|bar": false, "EXPRESS": false, "express|": true,
	} {
		ignore, warnings, err := sca.ReadOSVScanner("web/osv-scanner.toml", []byte("[[PackageOverrides]]\nname = '"+pattern+"'\nnameIsRegex = true\necosystem = 'npm'\nvulnerability.ignore = true\nreason = 'x'\n"))
		require.NoError(t, err, pattern)
		require.Empty(t, warnings, pattern)
		r := scanned(t, sca.Options{Advisories: advisories, Ignore: ignore}, shop("4.17.1", "6.11.0"), nil)
		found := 0
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Dependency.Package.Name == "express" {
				found++
				require.Equal(t, suppressed, !f.Live(), pattern)
			}
		}
		require.NotZero(t, found, pattern)
		if suppressed {
			require.Empty(t, r.Notes, pattern)
		} else {
			require.Equal(t, []scan.Note{{Code: "suppression-unused", Text: "web/osv-scanner.toml:1: the suppression of packages like " + pattern + " matches nothing and can be removed"}}, r.Notes)
		}
	}
}

func TestAPatternThatIsNotValidIsAnErrorOfTheFile(t *testing.T) {
	t.Parallel()
	_, _, err := sca.ReadOSVScanner("osv-scanner.toml", []byte("\n[[PackageOverrides]]\nname = '(a'\nnameIsRegex = true\nignore = true\n"))
	require.EqualError(t, err, "osv-scanner.toml:2: name is not a valid regular expression (nameIsRegex is true)")
	ignore, _, err := sca.ReadOSVScanner("osv-scanner.toml", []byte("[[PackageOverrides]]\nname = '(a'\nignore = true\n"))
	require.NoError(t, err, "without nameIsRegex it is a name")
	require.Nil(t, ignore[0].Pattern)
}
