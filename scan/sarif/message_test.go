package sarif_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sarif"
)

func TestReadMessage(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ message, want string }{
		"text":                   {`{"text":"Plain."}`, "Plain."},
		"markdown":               {`{"markdown":"**Bold.**"}`, "Bold."},
		"arguments":              {`{"text":"{0} calls {1}; {{x}} {2} {y","arguments":["f",7]}`, "f calls 7; {x} {2} {y"},
		"braces stay without":    {`{"text":"{{ .Value }} {0}"}`, "{{ .Value }} {0}"},
		"id of the rule":         {`{"id":"default","arguments":["f"]}`, "Do not call f."},
		"id of the tool":         {`{"id":"global"}`, "A global message."},
		"id of nothing":          {`{"id":"missing"}`, "What it means."},
		"embedded link":          {`{"text":"Flows from [user \\] input](1) to [docs](https://example.com/x), [not](a)."}`, `Flows from user \] input to docs, [not](a).`},
		"control characters":     {`{"text":"a\u001b[31mb\u202ec\r\n\r\n\r\nd\t e\u0000"}`, "a[31mbc\n\nd  e"},
		"empty takes the rule's": {`{"text":""}`, "What it means."},
		"a number":               {`{"text":12}`, "12"},
		"a token-shaped word":    {`{"text":"found ` + canary + ` here"}`, "found ghp_•••••••• here"},
		"a hash stays":           {`{"text":"at ` + strings.Repeat("0a1b", 10) + `"}`, "at " + strings.Repeat("0a1b", 10)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := read(t, `{"version":"2.1.0","runs":[{"results":[{"ruleId":"R1","message":`+c.message+`}],"tool":{"driver":{"name":"linter",
				"globalMessageStrings":{"global":{"text":"A global message."}},
				"rules":[{"id":"R1","shortDescription":{"text":"Short"},"fullDescription":{"text":"What it means."},"messageStrings":{"default":{"text":"Do not call {0}."}}}]}}}]}`, sarif.ReadOptions{})
			require.Equal(t, c.want, runs[0].Result.Findings[0].Message)
			require.Equal(t, "Short", runs[0].Result.Findings[0].Title)
		})
	}
}

// No text that another tool took from the code may get through. Each log has the canary where real tools put it.
func TestReadNeverTakesSecret(t *testing.T) {
	t.Parallel()
	plainCanary := "correct-horse-" + "battery"
	cases := map[string]struct{ tool, rule, result string }{
		"tool for secrets": {`"name":"gitleaks"`, `{"id":"generic","shortDescription":{"text":"Generic"}}`,
			`"ruleId":"generic","message":{"text":"has detected CANARY"}`},
		"rule id":    {`"name":"scanner"`, `{"id":"aws-access-key-id"}`, `"ruleId":"aws-access-key-id","message":{"text":"Match: k=CANARY"}`},
		"rule tag":   {`"name":"scanner"`, `{"id":"R1","properties":{"tags":["security","external/cwe/cwe-798"]}}`, `"ruleId":"R1","message":{"text":"CANARY"}`},
		"rule name":  {`"name":"bandit"`, `{"id":"B105","name":"hardcoded_password_string"}`, `"ruleId":"B105","message":{"text":"Possible: 'CANARY'"}`},
		"words":      {`"name":"bandit"`, `{"id":"B999"}`, `"ruleId":"B999","message":{"text":"Possible password: 'CANARY'"}`},
		"markdown":   {`"name":"trufflehog"`, `{"id":"R1"}`, `"ruleId":"R1","message":{"markdown":"CANARY"}`},
		"arguments":  {`"name":"gitleaks"`, `{"id":"R1","messageStrings":{"d":{"text":"x {0}"}}}`, `"ruleId":"R1","message":{"id":"d","arguments":["CANARY"]}`},
		"snippet":    {`"name":"linter"`, `{"id":"R1"}`, `"ruleId":"R1","message":{"text":"Odd value: CANARY"}`},
		"logical":    {`"name":"gitleaks"`, `{"id":"R1"}`, `"ruleId":"R1","message":{"text":"m"}`},
		"properties": {`"name":"linter"`, `{"id":"R1"}`, `"ruleId":"R1","message":{"text":"m"},"properties":{"secret":"CANARY","commit":"CANARY"}`},
		"print":      {`"name":"gitleaks"`, `{"id":"R1"}`, `"ruleId":"R1","message":{"text":"m"},"fingerprints":{"v1":"CANARY"}`},
	}
	for name, c := range cases {
		for kind, secret := range map[string]string{"token": canary, "words": plainCanary} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				log := `{"version":"2.1.0","runs":[{"results":[{` + c.result + `,"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.env"},
					"region":{"startLine":1,"snippet":{"text":"CANARY"}},"contextRegion":{"startLine":1,"snippet":{"text":"k=CANARY"}}},
					"logicalLocations":[{"fullyQualifiedName":"` + map[bool]string{true: "CANARY"}[name == "logical"] + `"}]}]}],"tool":{"driver":{` + c.tool + `,"rules":[` + c.rule + `]}}}]}`
				runs := read(t, strings.ReplaceAll(log, "CANARY", secret), sarif.ReadOptions{})
				require.Len(t, runs[0].Result.Findings, 1)
				require.NotContains(t, fmt.Sprintf("%+v", *runs[0].Result), secret)
				require.NotContains(t, string(written(t, runs[0].Result, everything)), secret)
				require.NotEmpty(t, runs[0].Result.Findings[0].Message)
			})
		}
	}
}

func TestReadLeavesTheMessageOfRulesThatSpeakOfKeys(t *testing.T) {
	t.Parallel()
	for rule, message := range map[string]string{
		"react/jsx-key": `Missing "key" prop for element in iterator`, "memleak": "Memory leak: buf", "sort-keys": "Expected object keys to be in ascending order",
		"no-unexpected-token": "Unexpected token in line", "resourceLeak": "Resource leak: f", "jwt-token-unverified": "The token is not verified", "HardcodedText": "Hardcoded string, should use a resource",
		"aws-kms-key-rotation": "The key does not rotate", "LeakCanary": "Leaks an activity", "PublicKeyToken": "Assembly lacks a token",
	} {
		run := one(t, `"results":[{"ruleId":"`+rule+`","message":{"text":`+quote(message)+`}}]`)
		require.Equal(t, message, run.Result.Findings[0].Message)
		require.Equal(t, message, run.Result.Findings[0].Title, "a rule that says nothing in short")
	}
}

func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

func TestReadMasksWhatItsCallerFinds(t *testing.T) {
	t.Parallel()
	mask := func(_, text string) string { return strings.ReplaceAll(text, "hunter", "••••••••") }
	runs := read(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"linter"}},"results":[{"ruleId":"R1","message":{"text":"Odd value hunter in \"secret\""},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"}},
		"logicalLocations":[{"fullyQualifiedName":"app.hunter"}]}],"suppressions":[{"kind":"external","justification":"hunter is a test"}]}]}]}`, sarif.ReadOptions{Mask: mask})
	f := runs[0].Result.Findings[0]
	require.Equal(t, `Odd value •••••••• in "secret"`, f.Message)
	require.Equal(t, f.Message, f.Title)
	require.Equal(t, "app.••••••••", f.Related)
	require.Equal(t, "•••••••• is a test", f.Suppression.Reason)
}

func TestReadLaysMarkdownOutAsText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ markdown, want string }{
		"headings":   {"# What\\nText\\n## How ##\\nMore", "What\nText\nHow\nMore"},
		"emphasis":   {"**Bold** and __strong__ in a snake_case_name and 2*3*4", "Bold and strong in a snake_case_name and 2*3*4"},
		"links":      {"See [the page](https://example.com/x \\\"title\\\"), <https://example.com/y> and [https://example.com/z](https://example.com/z)", "See the page (https://example.com/x), https://example.com/y and https://example.com/z"},
		"images":     {"![a picture](https://example.com/x.png) follows", "a picture follows"},
		"code":       {"Use `exec` so:\\n```python\\n# a comment\\nexec(**x**)\\n```\\nand ``a``", "Use exec so:\n# a comment\nexec(**x**)\nand a"},
		"open fence": {"```\\ncode", "code"},
		"a table":    {"| Package | Version |\\n|---|:---:|\\n| a | 1 |", "Package | Version\na | 1"},
		"a rule":     {"a\\n\\n---\\n\\nb", "a\n\nb"},
		"a quote":    {"> said\\n> so", "said\nso"},
		"html":       {"one<br/>two <b>three</b> &lt;x&gt; &amp; List<String>", "one\ntwo three <x> & List<String>"},
		"lists":      {"- one\\n- two\\n  * three\\n1. four", "- one\n- two\n  * three\n1. four"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := one(t, `"results":[{"ruleId":"R1","message":{"markdown":"`+c.markdown+`"}}]`)
			require.Equal(t, c.want, run.Result.Findings[0].Message)
			runs := read(t, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"linter","rules":[{"id":"R1","help":{"markdown":"`+c.markdown+`"}}]}},"results":[{"ruleId":"R1","message":{"text":"m"}}]}]}`, sarif.ReadOptions{})
			require.Equal(t, c.want, runs[0].Result.Findings[0].Remediation)
		})
	}
	run := one(t, `"results":[{"ruleId":"R1","message":{"text":"Use a_b, *p and 'x' in C# #include <stdio.h>; `+"`f`"+` stays"}}]`)
	require.Equal(t, "Use a_b, *p and 'x' in C# #include <stdio.h>; `f` stays", run.Result.Findings[0].Message, "text is not Markdown")
}

func TestReadCountsARepeatedResultOnce(t *testing.T) {
	t.Parallel()
	result := func(message, more string) string {
		return `{"ruleId":"R1","message":{"text":"` + message + `"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":{"startLine":3}}}]` + more + `}`
	}
	run := one(t, `"results":[`+strings.Join([]string{
		result("m", ""), result("m", `,"guid":"1"`), result("other", ""), result("s", `,"suppressions":[{"kind":"external"}]`), result("s", ""),
	}, ",")+`]`)
	require.Len(t, run.Result.Findings, 3)
	require.Zero(t, run.Result.Suppressed(), "what is live once is live")
	run = one(t, `"results":[{"ruleId":"key","message":{"text":"Secret 1"},"locations":[]},{"ruleId":"key","message":{"text":"Secret 2"},"locations":[]}]`)
	require.Len(t, run.Result.Findings, 2, "what is masked alike is not alike")
}
