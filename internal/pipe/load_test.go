package pipe_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

func env(pairs ...string) variable.Lookup {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestLoadDefaults(t *testing.T) {
	t.Parallel()
	c, err := pipe.Load(env())
	require.NoError(t, err)
	require.Equal(t, scan.SeverityHigh, c.Scan.FailOn)
	require.Empty(t, c.Scan.FailScope)
	require.True(t, bool(c.Scan.Deepen))
	require.Equal(t, variable.Size(32<<20), c.Scan.MaxFileSize)
	require.Equal(t, variable.Duration(5*time.Minute), c.Report.PublishTimeout)
	require.Equal(t, "sluice-security", c.Report.ReportID)
	require.True(t, c.Scan.Engines.Has("secrets"))
	require.True(t, c.Scan.Engines.Has("code"))
}

func TestLoadTakesEmptyForUnset(t *testing.T) {
	t.Parallel()
	var pairs []string
	for _, v := range pipe.Variables() {
		pairs = append(pairs, v.Name, " ")
	}
	empty, err := pipe.Load(env(pairs...))
	require.NoError(t, err)
	unset, err := pipe.Load(env())
	require.NoError(t, err)
	require.Equal(t, unset, empty)
}

func TestLoadReadsTheFormsThatPeopleWrite(t *testing.T) {
	t.Parallel()
	c, err := pipe.Load(env("FAIL_ON", "medium", "FAIL_SCOPE", "New", "DEBUG", "True", "DRY_RUN", "yes", "BUILD_STATUS", "1", "DEEPEN", "off", "NO_COLOR", "please",
		"MAX_FILE_SIZE", "1 GiB", "PUBLISH_TIMEOUT", "90", "SCAN_TIMEOUT", "1h30m", "ENGINES", "Secrets, SCA", "HISTORY", "Full", "JOBS", "4"))
	require.NoError(t, err)
	require.Equal(t, scan.SeverityMedium, c.Scan.FailOn)
	require.Equal(t, scan.ScopeNew, c.Scan.FailScope)
	require.True(t, bool(c.Output.Debug) && bool(c.Shared.DryRun) && bool(c.Report.BuildStatus) && bool(c.Output.NoColor))
	require.False(t, bool(c.Scan.Deepen))
	require.Equal(t, variable.Size(1<<30), c.Scan.MaxFileSize)
	require.Equal(t, variable.Duration(90*time.Second), c.Report.PublishTimeout)
	require.Equal(t, engine.Engines{"secrets", "dependencies"}, c.Scan.Engines)
	require.False(t, c.Scan.Engines.Has("code"))
	require.Equal(t, engine.HistoryFull, c.Scan.History)
}

func TestLoadReadsArraysOfPipes(t *testing.T) {
	t.Parallel()
	c, err := pipe.Load(env("FORMAT_COUNT", "2", "FORMAT_0", "json=a,b.json", "FORMAT_1", "csv=c.csv", "SARIF_COUNT", "1", "SARIF_0", "one, two.sarif"))
	require.NoError(t, err)
	require.Equal(t, variable.List{"json=a,b.json", "csv=c.csv"}, c.Output.Format)
	require.Equal(t, variable.List{"one, two.sarif"}, c.Shared.Sarif)
	c, err = pipe.Load(env("FORMAT", "json=a.json, csv=c.csv", "ENGINES_COUNT", "1", "ENGINES_0", "secrets"))
	require.NoError(t, err)
	require.Equal(t, variable.List{"json=a.json", "csv=c.csv"}, c.Output.Format)
	require.Equal(t, engine.Engines{"secrets"}, c.Scan.Engines)
}

func TestLoadNamesAllProblems(t *testing.T) {
	t.Parallel()
	_, err := pipe.Load(env("FAIL_ON", "SEVERE", "FAIL_SCOPE", "some", "DEBUG", "maybe", "MAX_FILE_SIZE", "-1", "PUBLISH_TIMEOUT", "0", "JOBS", "1.5", "HISTORY", "deep",
		"REPORT_ID", "a b", "MAX_ANNOTATIONS", "1001", "BITBUCKET_API_TOKEN", "token-canary", "BITBUCKET_CLIENT_SECRET", "client-canary", "ENGINES", "a,b"))
	require.Error(t, err)
	for _, name := range []string{
		"FAIL_ON", "FAIL_SCOPE", "DEBUG", "MAX_FILE_SIZE", "PUBLISH_TIMEOUT", "JOBS", "HISTORY", "REPORT_ID", "MAX_ANNOTATIONS", "BITBUCKET_API_TOKEN", "BITBUCKET_CLIENT_SECRET", "ENGINES",
	} {
		require.ErrorContains(t, err, name+": ")
	}
	require.Len(t, strings.Split(err.Error(), "\n"), 12)
	require.NotContains(t, err.Error(), "canary")
}

// TestTheEngineReadsTheSameConfiguration: the scan's part of the whole configuration is equal to what the engine reads
// itself, and each of its variables is one of the whole.
func TestTheEngineReadsTheSameConfiguration(t *testing.T) {
	t.Parallel()
	lookup := env("FAIL_ON", "low", "ENGINES", "sca", "SARIF", "a,b", "DRY_RUN", "yes", "SARIF_ACCEPT_INCOMPLETE", "1", "BITBUCKET_PR_ID", "7", "BITBUCKET_COMMIT", "abc", "JOBS", "3")
	whole, err := pipe.Load(lookup)
	require.NoError(t, err)
	alone, err := engine.Load(lookup)
	require.NoError(t, err)
	require.Equal(t, alone, whole.Engine())
	for _, v := range variable.Of(&engine.Config{}) {
		require.Contains(t, pipe.Variables(), v)
	}
}

func TestEveryVariableHasItsOwnFlagAndWords(t *testing.T) {
	t.Parallel()
	flags := map[string]bool{}
	for _, v := range pipe.Variables() {
		require.NotEmpty(t, v.Usage, v.Name)
		require.Regexp(t, `^[A-Z][A-Z0-9_]+$`, v.Name)
		require.Regexp(t, `^[a-z][a-z0-9-]+$`, v.Flag)
		require.False(t, flags[v.Flag], "%s twice", v.Flag)
		flags[v.Flag] = true
	}
	require.True(t, flags["fail-on"] && flags["base"] && flags["commit"])
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config pipe.OutputConfig
		want   []pipe.Output
		err    string
	}{
		"nothing":              {pipe.OutputConfig{}, []pipe.Output{{Format: "text"}}, ""},
		"one to stdout":        {pipe.OutputConfig{Format: variable.List{"json"}}, []pipe.Output{{Format: "json"}}, ""},
		"one to a file":        {pipe.OutputConfig{Format: variable.List{"SARIF"}, Output: "a"}, []pipe.Output{{Format: "text"}, {Format: "sarif", File: "a"}}, ""},
		"text to a file":       {pipe.OutputConfig{Output: "a"}, []pipe.Output{{Format: "text"}, {Format: "text", File: "a"}}, ""},
		"files and stdout":     {pipe.OutputConfig{Format: variable.List{"json=x", "csv"}}, []pipe.Output{{Format: "json", File: "x"}, {Format: "csv"}}, ""},
		"two to stdout":        {pipe.OutputConfig{Format: variable.List{"json", "csv"}}, nil, "only one format"},
		"a file without name":  {pipe.OutputConfig{Format: variable.List{"json="}}, nil, "has no file"},
		"unknown":              {pipe.OutputConfig{Format: variable.List{"pdf=x"}}, nil, `"pdf" is not a format`},
		"output without a use": {pipe.OutputConfig{Format: variable.List{"json=x"}, Output: "y"}, nil, "OUTPUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.config.Outputs()
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestRefNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pairs []string
		want  string
		err   string
	}{
		"cloud":        {[]string{"BITBUCKET_WORKSPACE", "w", "BITBUCKET_REPO_SLUG", "r"}, "w/r", ""},
		"older name":   {[]string{"BITBUCKET_REPO_OWNER", "w", "BITBUCKET_REPO_SLUG", "r"}, "w/r", ""},
		"full name":    {[]string{"BITBUCKET_REPO_FULL_NAME", "w/r"}, "w/r", ""},
		"data center":  {[]string{"BITBUCKET_SERVER_URL", "https://x", "BITBUCKET_PROJECT_KEY", "K", "BITBUCKET_WORKSPACE", "w", "BITBUCKET_REPO_SLUG", "r"}, "K/r", ""},
		"nothing":      {nil, "", "BITBUCKET_WORKSPACE is not set"},
		"nothing here": {[]string{"BITBUCKET_SERVER_URL", "https://x"}, "", "BITBUCKET_PROJECT_KEY is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, err := pipe.Load(env(c.pairs...))
			require.NoError(t, err)
			ref, err := config.Ref("")
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				require.ErrorContains(t, err, "BITBUCKET_REPO_SLUG is not set")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, ref.Workspace+"/"+ref.Repository)
		})
	}
}

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"", "HIGH", "1", "-1", "9999999999999999999GB", "1e9h", "a,b\nc", "true", "\x00", "  ", "1 gib", "0x10", "NaN"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, value, array string) {
		c, err := pipe.Load(func(name string) (string, bool) {
			switch {
			case strings.HasSuffix(name, "_COUNT"):
				return array, true
			case strings.HasPrefix(name, "BITBUCKET_API"), strings.HasPrefix(name, "BITBUCKET_CLIENT"):
				return "", false
			}
			return value, true
		})
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				require.NotEmpty(t, line)
			}
			return
		}
		require.Positive(t, int64(c.Scan.MaxFileSize))
		require.Positive(t, int64(c.Report.PublishTimeout))
	})
}

// TestEveryVariableReadsItsText: every variable has a type that is read, and a meaningless text is an error with the
// variable's name.
func TestEveryVariableReadsItsText(t *testing.T) {
	t.Parallel()
	for _, v := range pipe.Variables() {
		for _, text := range []string{"1", "a=b"} {
			if _, err := pipe.Load(func(name string) (string, bool) { return text, name == v.Name }); err != nil {
				require.True(t, strings.HasPrefix(err.Error(), v.Name+": "), "%s: %v", v.Name, err)
			}
		}
	}
}
