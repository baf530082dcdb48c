package secret

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/builtin/source"
)

func FuzzDetector(f *testing.F) {
	d := newTestDetector(f)
	for i, sample := range allSamples(f, d) {
		f.Add([]string{"a.yaml", "a.go", "x", ".pgpass", "config/master.key"}[i%5], []byte(sample))
	}
	object := `{"value":"` + githubToken + `","more":"Lorem ipsum dolor sit amet, consectetur adipiscing elit"}`
	for _, text := range []string{
		encoded(githubToken), wrap(encoded(object), 64, "\n  "), encoded(wide(object)), encoded(encoded(object)), percentAll(githubToken),
		escapeAll(githubToken, `\u%04x`), "kind: Secret\ndata:\n  password: " + encoded("Gr3en4ZkR7bQ") + "\n",
		"Content-Transfer-Encoding: quoted-printable\n\n" + githubToken[:9] + "=\n" + githubToken[9:], "0x" + strings.Repeat("67", 40),
	} {
		f.Add("deploy/settings", []byte(text))
	}
	random := rand.New(rand.NewPCG(3, 3))
	for i := range writtens {
		line, _, _, _ := writtens[i].entry(0, generators[i%len(generators)].password(random))
		f.Add(writtens[i].path, []byte(writtens[i].before+line+writtens[i].behind))
	}
	ref, redactor := newReference(d), NewRedactor()
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		if len(data) > 8<<10 {
			return
		}
		found, err := d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: path}, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		end := 0
		for _, each := range found {
			if each.Start < end || each.End <= each.Start || each.End > len(data) {
				t.Fatalf("%s at %d:%d of %d, behind %d", each.RuleID, each.Start, each.End, len(data), end)
			}
			end = each.End
			if string(data[each.Start:each.End]) != each.Secret.Reveal() {
				t.Fatalf("%s: the secret is not the text at its offsets", each.RuleID)
			}
			if d.rules.builtin[each.RuleID] == nil || each.Severity == scan.SeverityNone || each.Confidence == 0 {
				t.Fatalf("%s: incomplete finding", each.RuleID)
			}
		}
		masked, ok := redactor.Sensitive(t.Context(), &scan.Content{File: scan.File{Path: path}, Data: data}, []scan.Span{{Start: 0, End: len(data)}})
		for _, m := range masked {
			if m.Start < 0 || m.End <= m.Start || m.End > len(data) {
				t.Fatalf("a mask at %d:%d of %d", m.Start, m.End, len(data))
			}
		}
		for _, each := range found {
			if ok && !slices.ContainsFunc(masked, func(m scan.Span) bool { return m.Start <= each.Start && each.End <= m.End }) {
				t.Fatalf("%s at %d:%d is not masked", each.RuleID, each.Start, each.End)
			}
		}
		if want := ref.find(path, data); len(want) != len(found) {
			t.Fatalf("engine %v, reference %v", ids(found), ids(want))
		}
	})
}

func FuzzParseRules(f *testing.F) {
	entries, err := os.ReadDir("builtin/rules")
	if err != nil {
		f.Fatal(err)
	}
	for _, entry := range entries {
		data, err := os.ReadFile("builtin/rules/" + entry.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:min(len(data), 3000)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := source.Parse(data)
		if err != nil {
			return
		}
		d, err := newDetector(rules, Options{})
		if err != nil {
			return
		}
		_, _ = d.file(t.Context(), "x", data)
	})
}
