package secret

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/decode"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// referenceMatcher is the detector without any thought of speed: it runs the expression of every rule over the whole text,
// and every matcher at every place of its literals.
type referenceMatcher struct {
	detector    *Detector
	expressions map[string]*regexp.Regexp
}

func newReference(d *Detector) *referenceMatcher {
	ref := &referenceMatcher{d, make(map[string]*regexp.Regexp)}
	for i := range d.rules.all {
		if r := &d.rules.all[i]; r.Expression != "" && len(r.Context) == 0 {
			ref.expressions[r.ID] = regexp.MustCompile(r.Expression)
		}
	}
	return ref
}

func (ref *referenceMatcher) find(path string, data []byte) []scan.Finding {
	d := ref.detector
	x := d.exams.New().(*exam)
	x.beginFile(page.Classify(path), data)
	for i := range d.rules.all {
		r := &d.rules.all[i]
		expression := ref.expressions[r.ID]
		if expression == nil || !x.page.Kind.Allows(r.File) {
			continue
		}
		p := &rule.Programs{Group: max(0, expression.SubexpIndex("secret"))}
		for from := 0; from <= len(data); {
			at := expression.FindSubmatchIndex(data[from:])
			if at == nil {
				break
			}
			if x.shapes.Accept(r, p, at, from) {
				from += at[1]
			} else {
				from += at[0] + 1
			}
		}
	}
	ref.matchers(x)
	if !x.page.Kind.Lock {
		x.decoder.Runs(len(data))
	}
	x.passwordFile()
	return x.found.Findings()
}

// matchers runs the matchers in the order of the ends of the literals, the longest first.
func (ref *referenceMatcher) matchers(x *exam) {
	type place struct {
		start, end int
		run        matcher
		name       string
	}
	var places []place
	lower := make([]byte, len(x.page.Data))
	for i, b := range x.page.Data {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		lower[i] = b
	}
	seen := make(map[string]bool)
	for i := range ref.detector.rules.all {
		r := &ref.detector.rules.all[i]
		name, literals := r.Matcher, r.Literals
		if len(r.Context) > 0 {
			name, literals = "assignment", r.Context
		}
		for _, literal := range literals {
			if name == "" || seen[name+" "+literal] {
				continue
			}
			seen[name+" "+literal] = true
			for from := 0; ; {
				at := bytes.Index(lower[from:], []byte(literal))
				if at < 0 {
					break
				}
				places = append(places, place{from + at, from + at + len(literal), matchers[name], name})
				from += at + 1
			}
		}
	}
	for m, literals := range map[matcher][]string{
		matcherPercent: decode.PercentLiterals, matcherEscape: decode.EscapeLiterals,
		matcherQuotedPrintable: decode.QuotedPrintableLiterals, matcherManifest: decode.ManifestLiterals,
	} {
		for _, literal := range literals {
			for from := 0; ; {
				at := bytes.Index(lower[from:], []byte(literal))
				if at < 0 {
					break
				}
				places = append(places, place{from + at, from + at + len(literal), m, "decoder"})
				from += at + 1
			}
		}
	}
	slices.SortStableFunc(places, func(a, b place) int {
		if a.end != b.end {
			return a.end - b.end
		}
		return a.start - b.start
	})
	for _, p := range places {
		x.run(p.run, p.start, p.end)
	}
}

func requireSame(t *testing.T, d *Detector, ref *referenceMatcher, path string, data []byte) {
	t.Helper()
	got, err := d.Begin().File(t.Context(), &scan.Content{File: scan.File{Path: path}, Data: data})
	require.NoError(t, err)
	want := ref.find(path, data)
	require.Len(t, got, len(want), "%s: reference %v, engine %v", path, ids(want), ids(got))
	for i := range want {
		require.Equal(t, want[i], got[i])
	}
}

// allSamples returns the texts of all samples.
func allSamples(t testing.TB, d *Detector) []string {
	t.Helper()
	var texts []string
	for i := range d.rules.all {
		for _, sample := range slices.Concat(d.rules.all[i].Match, d.rules.all[i].NoMatch) {
			text, err := sample.Text()
			require.NoError(t, err)
			texts = append(texts, text)
		}
	}
	return texts
}

func TestEngineEqualsReferenceOnSamples(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	ref := newReference(d)
	for i, sample := range allSamples(t, d) {
		path := []string{"deploy/settings", "src/main.go", "deploy/values.yaml", "a/testdata/x.json"}[i%4]
		requireSame(t, d, ref, path, []byte(sample))
	}
}

func TestEngineEqualsReferenceOnSplices(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	ref := newReference(d)
	samples := allSamples(t, d)
	files := sourceTree()
	random := rand.New(rand.NewPCG(20, 26))
	rounds := 60
	if testing.Short() {
		rounds = 5
	}
	for range rounds {
		source := files[random.IntN(len(files))].Data
		from := random.IntN(len(source))
		base := slices.Clone(source[from:min(len(source), from+4096)])
		for range 1 + random.IntN(12) {
			sample := samples[random.IntN(len(samples))]
			if random.IntN(4) == 0 {
				sample = sample[random.IntN(len(sample)+1):]
			}
			at := random.IntN(len(base) + 1)
			base = slices.Insert(base, at, []byte(sample)...)
		}
		requireSame(t, d, ref, "cmd/splice", base)
	}
}

func TestEngineEqualsReferenceOnSourceTree(t *testing.T) {
	t.Parallel()
	d := newTestDetector(t)
	ref := newReference(d)
	files := sourceTree()
	require.NotEmpty(t, files)
	budget := 400 << 10
	if testing.Short() {
		budget = 40 << 10
	}
	random := rand.New(rand.NewPCG(7, 7))
	for budget > 0 {
		f := files[random.IntN(len(files))]
		budget -= len(f.Data)
		if len(f.Data) < 100<<10 {
			requireSame(t, d, ref, f.Path, f.Data)
		}
	}
}
