package pipe_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

func TestLoadTakesOffWhatSaysNothing(t *testing.T) {
	t.Parallel()
	for _, around := range [][2]string{{"", ""}, {" ", "\t"}, {"", "\n"}, {"\r\n", "\r\n"}, {`"`, `"`}, {`'`, `'`}, {` "`, `" `}, {`" `, ` "`}, {"\ufeff", "\u00a0"}} {
		in := func(text string) string { return around[0] + text + around[1] }
		c, err := pipe.Load(env("BITBUCKET_ACCESS_TOKEN", in("abc"), "BITBUCKET_COMMIT", in("0123456789abcdef"), "BITBUCKET_PR_DESTINATION_COMMIT", in("fedcba"), "BITBUCKET_WORKSPACE", in("acme"),
			"BITBUCKET_SERVER_URL", in("https://example.com"), "FAIL_ON", in("LOW"), "DEBUG", in("true"), "PUBLISH_TIMEOUT", in("9s"), "MAX_FILE_SIZE", in("1MB"), "JOBS", in("3"), "REPORT_TITLE", in("A title"),
			"SARIF", in("a.sarif,b.sarif"), "ENGINES", in("secrets"), "HISTORY", in("off")))
		require.NoError(t, err, "%q", around)
		require.Equal(t, []string{"abc", "0123456789abcdef", "fedcba", "acme", "https://example.com", "A title"},
			[]string{c.Access.AccessToken.Reveal(), c.Pipeline.Commit, c.Pipeline.PRCommit, c.Pipeline.Workspace, c.Access.ServerURL, c.Report.ReportTitle}, "%q", around)
		require.Equal(t, []any{scan.SeverityLow, variable.Bool(true), variable.Size(1 << 20), variable.Count(3), engine.Engines{"secrets"}, engine.HistoryOff},
			[]any{c.Scan.FailOn, c.Output.Debug, c.Scan.MaxFileSize, c.Scan.Jobs, c.Scan.Engines, c.Scan.History})
		if around[1] != "\n" && around[1] != "\r\n" {
			require.Equal(t, variable.List{"a.sarif", "b.sarif"}, c.Shared.Sarif)
		}
	}
	c, err := pipe.Load(env("REPORT_TITLE", `"Ours" and "theirs"`, "BITBUCKET_ACCESS_TOKEN", `"ab`, "BITBUCKET_USERNAME", `'`, "SARIF", `"a.sarif", 'b.sarif'`))
	require.NoError(t, err)
	require.Equal(t, []string{`"Ours" and "theirs"`, `"ab`, `'`}, []string{c.Report.ReportTitle, c.Access.AccessToken.Reveal(), c.Access.Username}, "what is not a pair stays")
	require.Equal(t, variable.List{"a.sarif", "b.sarif"}, c.Shared.Sarif)
	c, err = pipe.Load(env("BITBUCKET_COMMIT", `'"x"'`))
	require.NoError(t, err)
	require.Equal(t, `"x"`, c.Pipeline.Commit, "one pair only")
}

func TestLoadTakesAWordBeforeATokenOff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Bearer abc": "abc", "bearer  abc": "abc", "BEARER\tabc": "abc", "Authorization: Bearer abc": "abc", `"Bearer abc"`: "abc", "bearerabc": "bearerabc", "Bearer": "Bearer", "abc Bearer": "abc Bearer",
	} {
		c, err := pipe.Load(env("BITBUCKET_ACCESS_TOKEN", text))
		require.NoError(t, err)
		require.Equal(t, want, c.Access.AccessToken.Reveal(), text)
	}
}

func TestLoadTakesALiteralNameForNotSet(t *testing.T) {
	t.Parallel()
	lookup := env("FAIL_ON", "$FAIL_ON", "BITBUCKET_ACCESS_TOKEN", "${BITBUCKET_ACCESS_TOKEN}", "REPORT_ID", `"$REPORT_ID"`, "SARIF", "$SARIF", "FORMAT_COUNT", "2", "FORMAT_0", "$FORMAT", "FORMAT_1", "json=a.json",
		"BITBUCKET_COMMIT", "$(Build.SourceVersion)", "BITBUCKET_APP_PASSWORD", "$ecret1", "REPORT_TITLE", "$5 off", "BITBUCKET_USERNAME", "ci")
	c, err := pipe.Load(lookup)
	require.NoError(t, err)
	require.Equal(t, scan.SeverityHigh, c.Scan.FailOn)
	require.True(t, c.Access.AccessToken.Empty())
	require.Equal(t, "sluice-security", c.Report.ReportID)
	require.Empty(t, c.Shared.Sarif)
	require.Empty(t, c.Pipeline.Commit)
	require.Equal(t, variable.List{"json=a.json"}, c.Output.Format)
	require.Equal(t, []string{"$ecret1", "$5 off"}, []string{c.Access.AppPassword.Reveal(), c.Report.ReportTitle}, "what is not a name stays")
	notes := variable.Unexpanded(lookup, pipe.Variables())
	require.Len(t, notes, 5)
	require.Equal(t, "FAIL_ON counts as not set, because its value is the text $FAIL_ON: there is no variable of that name where it is passed on", notes[0])
	value, ok := variable.Chain(env("FAIL_ON", "$FAIL_ON"), env("FAIL_ON", " "), env("FAIL_ON", "LOW"))("FAIL_ON")
	require.True(t, ok)
	require.Equal(t, "LOW", value, "it does not hide what stands behind it")
}

func TestLoadRefusesAddressesInThePlaceOfNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"BITBUCKET_REPO_SLUG", "BITBUCKET_WORKSPACE", "BITBUCKET_PROJECT_KEY"} {
		for _, value := range []string{"https://bitbucket.org/acme/shop", "acme/shop"} {
			_, err := pipe.Load(env(name, value))
			require.ErrorContains(t, err, name+": ")
		}
	}
	_, err := pipe.Load(env("BITBUCKET_WORKSPACE", "{0123}", "BITBUCKET_PROJECT_KEY", "~user", "BITBUCKET_REPO_SLUG", "shop.git"))
	require.NoError(t, err)
}
