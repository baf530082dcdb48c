package secret

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/pattern"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// custom makes a user's rule of an expression and keywords.
func custom(id, expression string, keywords ...string) rule.Rule {
	return rule.Rule{ID: id, Expression: expression, Boundary: rule.BoundaryNone, Custom: &rule.Custom{Origin: "rules.yml:1", Keywords: keywords}}
}

// only makes a detector of users' rules alone.
func only(t testing.TB, rules ...rule.Rule) *Detector {
	t.Helper()
	d, err := New(Options{Rules: rules, WithoutBuiltin: true})
	require.NoError(t, err)
	return d
}

// texts lists what was found, as "ID text".
func texts(found []scan.Finding) []string {
	var list []string
	for _, f := range found {
		list = append(list, f.RuleID+" "+f.Secret.Reveal())
	}
	return list
}

// referenceCustom returns what users' rules find when each runs over the whole file.
func referenceCustom(d *Detector, path string, data []byte) []string {
	x := d.exams.New().(*exam)
	x.beginFile(page.Classify(path), data)
	for i := range d.rules.all {
		r := &d.rules.all[i]
		if r.Custom == nil || r.Off || r.Slow() || r.Custom.Plan().Source == "" {
			continue
		}
		keywords := len(r.Custom.Keywords) == 0
		for _, k := range r.Custom.Keywords {
			keywords = keywords || strings.Contains(match.LowerASCII(string(data)), k)
		}
		if !keywords || r.Custom.Path != "" && !r.Custom.MatchesPath(path) {
			continue
		}
		e := regexp.MustCompile(r.Custom.Plan().Source)
		p := &rule.Programs{Group: max(r.Custom.Group, e.SubexpIndex("secret"), 0)}
		for _, at := range e.FindAllSubmatchIndex(data, -1) {
			x.own.Judge(r, p, at, 0)
		}
	}
	return texts(x.found.Findings())
}

// hostile are rules of every method whose matches touch, overlap and look at their neighbours.
func hostile() []rule.Rule {
	list := []rule.Rule{
		custom("BOUNDED", `acme_[a-z0-9]{3,12}`),
		custom("FOLD", `(?i)task[_-]?key ?= ?"([a-z]{2,9})"`),
		custom("WORD", `\bkey[a-z]{0,6}\b`),
		custom("NOT_WORD", `\Bkey[a-z]{0,6}`),
		custom("LINE", `(?m)^key.{0,5}$`),
		custom("TAIL", `abc[a-z]{0,4}(?:\s|$)`),
		custom("EDGE", `(?:^|\W)abc..`),
		custom("UNBOUNDED", `acme[a-z0-9_]+`),
		custom("LINES", `(?m)^.*acme.*=.*$`),
		custom("SPANS", `begin[^z]+?end`),
		custom("DIGITS", `[0-9]{4,9}`, "acme", "keyword"),
		custom("OVERLAP", `(?:abcabc|bcab)`),
		custom("ANY", `key(?s:.){0,6}key`),
		custom("GROUP", `token[=:](?P<secret>[^ \n]{2,8})`),
		custom("LATE", `acme.{0,9}`, "ke"),
		custom("NEGATED", `[^a]key[^a]?`),
	}
	for i := range list {
		if list[i].ID == "FOLD" {
			list[i].Custom.Group = 1
		}
	}
	return list
}

// hostileText is made of the words of those rules.
func hostileText(random *rand.Rand, pieces int) []byte {
	words := []string{
		"acme_", "acme", "abc", "bc", "key", "Key", "keyword", " ", "\n", "=", "\"", "begin", "end", "token=", "z", "_", "0", "12345678",
		"TASK_KEY = ", "task\u017f", "tas\u212aey", "\u00e9", "\xff", "\xc3", "\x80", "\x80", "\u20ac", "abcabcabc", ":", "x", "\r\n", "a",
	}
	var b strings.Builder
	for range pieces {
		b.WriteString(words[random.IntN(len(words))])
	}
	return []byte(b.String())
}

func TestCustomRulesEqualTheReference(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 11))
	rounds := 3000
	if testing.Short() {
		rounds = 200
	}
	// One by one, so that no rule hides another; and together.
	detectors := []*Detector{only(t, hostile()...)}
	for _, r := range hostile() {
		detectors = append(detectors, only(t, r))
	}
	found := 0
	for range rounds {
		data := hostileText(random, 1+random.IntN(60))
		for _, d := range detectors {
			want := referenceCustom(d, "a/b.txt", data)
			require.Equal(t, want, texts(find(t, d, "a/b.txt", string(data))), "%s in %q", d.rules.all[len(d.rules.all)-1].ID, data)
			found += len(want)
		}
	}
	require.Greater(t, found, rounds)
}

func FuzzCustomRules(f *testing.F) {
	random := rand.New(rand.NewPCG(5, 8))
	for _, r := range hostile() {
		f.Add(r.Expression, "acme", hostileText(random, 40))
	}
	f.Fuzz(func(t *testing.T, expression, keyword string, data []byte) {
		r := custom("FUZZ", expression, keyword)
		if len(data) > 4<<10 || len(expression) > 200 || r.Complete() != nil || r.Slow() {
			return
		}
		d, err := New(Options{Rules: []rule.Rule{r}, WithoutBuiltin: true})
		if err != nil {
			t.Fatal(err)
		}
		want := referenceCustom(d, "x", data)
		if got := texts(find(t, d, "x", string(data))); !slices.Equal(got, want) {
			t.Fatalf("%s (%s): engine %q, reference %q", expression, d.rules.all[len(d.rules.all)-1].Method(), got, want)
		}
	})
}

func FuzzSlowRules(f *testing.F) {
	for _, e := range []string{`(?=a)acme_[a-z]{3}`, `(["'])key\1`, `(?<!x)token(?!y)`, `(?>a+)b`, `a++b`, `(?<secret>key)(?=.)`} {
		f.Add(e, []byte("acme_abc 'key' \"key\" token xtoken aab \xff\xfe key."))
	}
	f.Fuzz(func(t *testing.T, expression string, data []byte) {
		r := custom("FUZZ", expression)
		if len(data) > 256 || len(expression) > 60 || r.Complete() != nil {
			return
		}
		d, err := New(Options{Rules: []rule.Rule{r}, WithoutBuiltin: true})
		if err != nil {
			t.Fatal(err)
		}
		found, _ := d.file(t.Context(), "x", data)
		for _, each := range found {
			if each.Start >= each.End || each.End > len(data) || each.Secret.Reveal() != string(data[each.Start:each.End]) {
				t.Fatalf("%d:%d of %d", each.Start, each.End, len(data))
			}
		}
	})
}

func TestKeywordThatIsNoTextIsComparedByItsBytes(t *testing.T) {
	t.Parallel()
	d := only(t, custom("BYTES", `acme[0-9]+`, "\x98KEY"))
	require.Equal(t, []string{"BYTES acme77"}, texts(find(t, d, "a", "acme77 \x98key")))
	require.Empty(t, find(t, d, "a", "acme77 \ufffdkey"))
}

func TestCustomRuleReplacesABuiltinOne(t *testing.T) {
	t.Parallel()
	token := "gh" + "p_" + strings.Repeat("aB3", 12)
	r := custom("GITHUB_CLASSIC_PAT", `gh`+`p_[0-9A-Za-z]{36}`)
	r.Severity = scan.SeverityLow
	d, err := New(Options{Rules: []rule.Rule{r}})
	require.NoError(t, err)
	found := find(t, d, "src/app.go", token)
	require.Equal(t, []string{"GITHUB_CLASSIC_PAT"}, ids(found))
	require.Equal(t, scan.SeverityLow, found[0].Severity)
	n := 0
	for _, rule := range d.Rules() {
		if rule.ID == "GITHUB_CLASSIC_PAT" {
			n++
		}
	}
	require.Equal(t, 1, n)

	d, err = New(Options{Rules: []rule.Rule{r}, Disable: []string{"GITHUB_CLASSIC_PAT"}})
	require.NoError(t, err)
	require.Empty(t, find(t, d, "src/app.go", token))
}

func TestCustomRuleTwiceIsRefused(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Rules: []rule.Rule{custom("ACME", "acme1"), custom("ACME", "acme2")}})
	require.EqualError(t, err, "rules.yml:1: rule ACME occurs twice, first in rules.yml:1")
}

func TestCustomRuleConditions(t *testing.T) {
	t.Parallel()
	entropic := custom("ENTROPY", `key=([a-z0-9]+)`)
	entropic.Custom.Entropy, entropic.Custom.FirstGroup = 3, true
	pathed := custom("PATH", `pin=[0-9]{4}`)
	pathed.Custom.Path = `\.env$`
	keystore := rule.Rule{ID: "KEYSTORE", Custom: &rule.Custom{Path: `\.p12$`}}
	d := only(t, entropic, pathed, keystore)
	require.Equal(t, []string{"ENTROPY x7f3k9q2m5w8"}, texts(find(t, d, "a", "key=x7f3k9q2m5w8 key=aaaaaaaaaaaa")))
	require.Empty(t, find(t, d, "a", "pin=1234"))
	require.Equal(t, []string{"PATH pin=1234"}, texts(find(t, d, "x/.env", "pin=1234")))
	found, err := d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: "a/b.p12"}, Data: []byte{0, 1}, Binary: true})
	require.NoError(t, err)
	require.Equal(t, []string{"KEYSTORE"}, ids(found))
	require.Equal(t, "a/b.p12", found[0].Key)
}

// An expression with catastrophic backtracking ends in a failure that names the rule.
func TestCatastrophicExpressionIsANamedFailure(t *testing.T) {
	t.Parallel()
	d := only(t, custom("CATASTROPHE", `(?=a)(a+)+$`), custom("FINE", `fine[0-9]`))
	line := strings.Repeat("a", 40) + "!"
	pass := d.Begin()
	text := "ok\n" + line + "\nfine7\n" + line
	found, err := pass.File(t.Context(), &scan.Content{File: scan.File{Path: "x"}, Data: []byte(text)})
	require.ErrorContains(t, err, "rule CATASTROPHE took longer than 250ms on line 2, and did not look at the rest of the file")
	require.NotContains(t, err.Error(), "aaaa")
	require.Equal(t, []string{"FINE fine7"}, texts(found))
	for range pattern.MaxTimeouts {
		_, err = pass.File(t.Context(), &scan.Content{File: scan.File{Path: "x"}, Data: []byte(line)})
		require.Error(t, err)
	}
	require.ErrorContains(t, err, "rule CATASTROPHE was switched off, because it took too long in 8 files before")
	var off *pattern.TimeoutError
	require.ErrorAs(t, err, &off)
	require.Equal(t, []string{"CATASTROPHE"}, off.Rules)
	_, err = d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: "x"}, Data: []byte("aaa")})
	require.NoError(t, err)
}

// An allow list that takes too long allows nothing, and soon costs nothing.
func TestCatastrophicAllowListGivesUp(t *testing.T) {
	t.Parallel()
	e, err := match.ParseExpression(`(?=a)(a+)+$`)
	require.NoError(t, err)
	require.True(t, e.Slow())
	require.True(t, e.MatchString("aaa"))
	for range pattern.MaxTimeouts {
		require.False(t, e.MatchString(strings.Repeat("a", 40)+"!"))
	}
	require.False(t, e.MatchString("aaa"))
}

func TestSlowRuleFindsWhatRE2Cannot(t *testing.T) {
	t.Parallel()
	r := custom("QUOTED", `(["'])pin(?<secret>[0-9]{4})\1(?!x)`)
	d := only(t, r)
	require.Equal(t, []string{"QUOTED 1234", "QUOTED 9876"},
		texts(find(t, d, "a", "é 'pin1234' \"pin5678' \xff\n\"pin9876\" 'pin1111'x")))
}

func TestSlowRuleLeavesOutLongLines(t *testing.T) {
	t.Parallel()
	d := only(t, custom("AHEAD", `acme(?=x)`))
	_, err := d.file(t.Context(), "x", []byte("acmex"+strings.Repeat(" ", pattern.MaxSlowLine)))
	require.EqualError(t, err, "rule AHEAD did not look at line 1, which is longer than 256 KB, nor at the rest of the file")
}

// manyRules makes n rules as companies write them: a prefix and random characters.
func manyRules(n int) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "- id: ACME_%d\n  expression: '\\bacme%05d_[a-z0-9]{16,40}\\b'\n", i, i)
	}
	return []byte(b.String())
}

func TestTenThousandRules(t *testing.T) {
	t.Parallel()
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	rules, err := rule.ParseRules("many.yml", manyRules(n))
	require.NoError(t, err)
	d, err := New(Options{Rules: rules})
	require.NoError(t, err)
	text := strings.Repeat("nothing here\n", 100) + "x = acme00777_" + strings.Repeat("a1b2", 5) + "\n"
	require.Equal(t, []string{"ACME_777 acme00777_" + strings.Repeat("a1b2", 5)}, texts(find(t, d, "a.txt", text)))
}

// The cost of a file without a hit must not grow with the number of rules.
func TestManyRulesAllocateNothing(t *testing.T) {
	rules, err := rule.ParseRules("many.yml", manyRules(2000))
	require.NoError(t, err)
	d, err := New(Options{Rules: rules})
	require.NoError(t, err)
	requireNoAllocation(t, d, &scan.Content{File: scan.File{Path: "a.go"}, Data: []byte(strings.Repeat("nothing here\n", 100))})
}

func BenchmarkTenThousandRules(b *testing.B) {
	data := manyRules(10_000)
	b.Run("load", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rules, err := rule.ParseRules("many.yml", data)
			require.NoError(b, err)
			_, err = New(Options{Rules: rules})
			require.NoError(b, err)
		}
	})
	b.Run("scan", func(b *testing.B) {
		rules, err := rule.ParseRules("many.yml", data)
		require.NoError(b, err)
		d, err := New(Options{Rules: rules})
		require.NoError(b, err)
		files, size := sourceTree(), 0
		for i := range files {
			size += len(files[i].Data)
		}
		b.SetBytes(int64(size))
		p := d.Begin()
		for b.Loop() {
			for i := range files {
				_, err := p.File(b.Context(), &files[i])
				require.NoError(b, err)
			}
		}
	})
}

func TestKeyChangesWithTheRules(t *testing.T) {
	t.Parallel()
	key := func(options Options) string {
		d, err := New(options)
		require.NoError(t, err)
		return d.Key()
	}
	plain := key(Options{})
	require.Len(t, plain, 64)
	require.Equal(t, plain, key(Options{Allow: []found.Allow{{Path: "a", Line: 1}}}))
	seen := map[string]bool{plain: true}
	for name, options := range map[string]Options{
		"disabled": {Disable: []string{"NPM_TOKEN"}},
		"severity": {Severity: map[string]scan.Severity{"NPM_TOKEN": scan.SeverityLow}},
		"rule":     {Rules: []rule.Rule{custom("ACME", "acme[0-9]{4}")}},
		"keyword":  {Rules: []rule.Rule{custom("ACME", "acme[0-9]{4}", "key")}},
		"without":  {WithoutBuiltin: true},
	} {
		k := key(options)
		require.False(t, seen[k], name)
		seen[k] = true
	}
}
