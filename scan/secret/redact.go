package secret

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// Bounds of what is looked at to mask an excerpt.
const (
	// redactMargin is how many bytes around a shown part are looked at: what a value belongs to stands near it.
	redactMargin = 2048
	// minMasked is the length in bytes from which a text without a name is masked when it looks drawn by chance.
	minMasked = 12
	// maxMasks bounds the masks of one file. Past it nothing of the file is shown.
	maxMasks = 200_000
)

// Redactor knows which parts of a file no excerpt may show: not only the secrets that are reported, but everything that
// any matcher considers. It is a scan.Redactor, immutable and safe for concurrent use, and costs nothing until it is asked.
type Redactor struct{ detector func() *Detector }

var _ scan.Redactor = (*Redactor)(nil)

// NewRedactor makes a redactor by the built-in rules, whatever a scan switches off. It shares the first of the detectors that has
// them all.
func NewRedactor(detectors ...scan.Detector) *Redactor {
	for _, shared := range detectors {
		if d, ok := shared.(*Detector); ok && d.complete() {
			return &Redactor{func() *Detector { return d }}
		}
	}
	return &Redactor{sync.OnceValue(func() *Detector {
		d, err := New(Options{})
		if err != nil {
			// The built-in rules compile: a test says so.
			panic(err)
		}
		return d
	})}
}

// complete reports whether every built-in rule is on.
func (d *Detector) complete() bool {
	for _, r := range d.byID {
		if r.Off {
			return false
		}
	}
	return true
}

// Sensitive implements scan.Redactor.
func (r *Redactor) Sensitive(ctx context.Context, content *scan.Content, shown []scan.Span) (spans []scan.Span, ok bool) {
	d := r.detector()
	t := d.pool.Get().(*exam)
	defer d.pool.Put(t)
	kind := classify(content.Path)
	whole := kind.notation == notationTable || len(content.Data) <= 4*redactMargin
	done := 0
	for _, s := range shown {
		from, to := max(s.Start-redactMargin, 0), min(s.End+redactMargin, len(content.Data))
		if whole {
			from, to = 0, len(content.Data)
		}
		// A window begins with a line, so that what stands first on a line is known.
		from = bytes.LastIndexByte(content.Data[:from], '\n') + 1
		if from < s.Start-16*redactMargin {
			from = s.Start - redactMargin
		}
		if from = max(from, done); from >= to {
			continue
		}
		found, ok := d.masks(ctx, t, kind, content.Data[from:to])
		if !ok {
			return nil, false
		}
		for _, m := range found {
			spans = append(spans, scan.Span{Start: from + m.start, End: from + m.end})
		}
		done = to
	}
	return spans, true
}

// masks gives the parts of a text that are not to be shown, in no order.
func (d *Detector) masks(ctx context.Context, t *exam, kind pathKind, data []byte) ([]span, bool) {
	t.begin(data, kind, 0, maxDecoded)
	t.kind.lock, t.kind.generated, t.sought = false, false, true
	t.found.masking, t.found.masked = true, t.found.masked[:0]
	defer func() { t.found.masking, t.data = false, nil }()
	if t.scan(ctx) != nil {
		return nil, false
	}
	maskDrawn(&t.found)
	return slices.Clone(t.found.masked), len(t.found.masked) < maxMasks
}

// maskDrawn masks what looks drawn by chance, whatever its name: keys of other products, the neighbours on a minified line.
func maskDrawn(found *list) {
	data := found.page.data
	for at := 0; at < len(data); {
		for at < len(data) && !wordStart(data[at]) {
			at++
		}
		end := at
		for end < len(data) && data[end] > ' ' && !ascii.IsQuote(data[end]) && data[end] != '<' && data[end] != '>' && end-at < maxLine {
			end++
		}
		maskWord(found, at, end)
		at = max(end, at+1)
	}
}

func wordStart(b byte) bool { return b > ' ' && !ascii.IsQuote(b) && b != '<' && b != '>' }

// maskWord masks a word, or the parts of it between the signs that join names and values.
func maskWord(found *list, start, end int) {
	data := found.page.data
	const joints = "=:;,&?/|()[]{}@"
	if sign := bytes.IndexAny(data[start:end], "=:"); sign > 0 && looks.Named(data[start:start+sign]) {
		start += sign + 1
	}
	if mixedCase(data[start:end]) && looks.Drawn(data[start:end]) {
		found.mask(start, end)
		return
	}
	for at := start; at < end; {
		stop := at
		for stop < end && bytes.IndexByte([]byte(joints), data[stop]) < 0 {
			stop++
		}
		text := data[at:stop]
		if len(text) >= minMasked && !looks.UUID(text) && (mixedCase(text) && looks.Drawn(text) || len(text) >= 20 && looks.Random(text) && !looks.Identifier(text)) {
			found.mask(at, stop)
		}
		at = stop + 1
	}
}

// mixedCase reports whether a text has letters of both cases and digits, as hardly a version or a place has.
func mixedCase(text []byte) bool {
	return ascii.HasClass(text, ascii.ClassLower) && ascii.HasClass(text, ascii.ClassUpper) && ascii.HasDigit(text)
}
