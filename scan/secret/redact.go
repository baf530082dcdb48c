package secret

import (
	"bytes"
	"context"
	"slices"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// redactMargin is how many bytes around a shown part are read. What makes a value a secret stands near it.
const redactMargin = 2048

// Redactor knows which parts of a file no excerpt may show: the secrets that are reported, and everything else that a
// matcher considers. It is a scan.Redactor, immutable and safe for concurrent use, and costs nothing until it is asked.
type Redactor struct{ detector func() *Detector }

var _ scan.Redactor = (*Redactor)(nil)

// NewRedactor makes a redactor with all built-in rules, whatever a scan switches off. It shares the first of the
// detectors that has them all.
func NewRedactor(detectors ...scan.Detector) *Redactor {
	for _, shared := range detectors {
		if d, ok := shared.(*Detector); ok && d.rules.complete() {
			return &Redactor{func() *Detector { return d }}
		}
	}
	return &Redactor{sync.OnceValue(func() *Detector {
		d, err := New(Options{})
		if err != nil {
			// A test says that the built-in rules compile.
			panic(err)
		}
		return d
	})}
}

// Sensitive implements scan.Redactor.
func (r *Redactor) Sensitive(ctx context.Context, content *scan.Content, shown []scan.Span) (spans []scan.Span, ok bool) {
	d := r.detector()
	e := d.exams.Get().(*exam)
	defer d.exams.Put(e)
	kind := page.Classify(content.Path)
	whole := kind.Notation == notation.Table || len(content.Data) <= 4*redactMargin
	done := 0
	for _, s := range shown {
		from, to := max(s.Start-redactMargin, 0), min(s.End+redactMargin, len(content.Data))
		if whole {
			from, to = 0, len(content.Data)
		}
		// A window begins with a line, so that the first name on a line is known.
		from = bytes.LastIndexByte(content.Data[:from], '\n') + 1
		if from < s.Start-16*redactMargin {
			from = s.Start - redactMargin
		}
		if from = max(from, done); from >= to {
			continue
		}
		found, ok := e.masks(ctx, kind, content.Data[from:to])
		if !ok {
			return nil, false
		}
		for _, m := range found {
			spans = append(spans, scan.Span{Start: from + m.Start, End: from + m.End})
		}
		done = to
	}
	return spans, true
}

// masks returns the parts of a text that must not be shown, in no order.
func (e *exam) masks(ctx context.Context, kind page.Kind, data []byte) ([]found.Span, bool) {
	e.beginFile(kind, data)
	e.page.ForgetOrigin()
	e.found.StartMasking(true)
	err := e.scan(ctx)
	if err == nil {
		maskDrawn(e.page.Data, &e.found)
	}
	masked, complete := e.found.StopMasking()
	e.page.Data = nil
	if err != nil {
		return nil, false
	}
	return slices.Clone(masked), complete
}

// maskDrawn masks what looks random under any name: keys of other products, the neighbours on a minified line.
func maskDrawn(data []byte, list *found.List) {
	for at := 0; at < len(data); {
		for at < len(data) && !wordStart(data[at]) {
			at++
		}
		end := at
		for end < len(data) && data[end] > ' ' && !ascii.IsQuote(data[end]) && data[end] != '<' && data[end] != '>' && end-at < page.MaxLine {
			end++
		}
		maskWord(data, list, at, end)
		at = max(end, at+1)
	}
}

// wordStart reports whether a byte can begin a word.
func wordStart(b byte) bool { return b > ' ' && !ascii.IsQuote(b) && b != '<' && b != '>' }

// maskWord masks a word, or those of its parts between the signs that join names and values.
func maskWord(data []byte, list *found.List, start, end int) {
	const joints = "=:;,&?/|()[]{}@"
	if sign := bytes.IndexAny(data[start:end], "=:"); sign > 0 && looks.Named(data[start:start+sign]) {
		start += sign + 1
	}
	if drawn(data[start:end]) {
		list.Mask(start, end)
		return
	}
	for at := start; at < end; {
		stop := at
		for stop < end && bytes.IndexByte([]byte(joints), data[stop]) < 0 {
			stop++
		}
		text := data[at:stop]
		if name, rest, ok := looks.Requirement(text); ok && !secretive(name) && !secretive(rest) {
			at = stop + 1
			continue
		}
		if secretive(text) {
			list.Mask(at, stop)
		}
		at = stop + 1
	}
}

// secretive reports whether a word between such signs looks like a secret.
func secretive(word []byte) bool {
	return len(word) >= found.MinMasked && !looks.UUID(word) && (drawn(word) || len(word) >= 20 && looks.Random(word) && !looks.Identifier(word))
}

// drawn reports whether a word looks like one that a machine made up. The name of a package with a version does not count: what joins
// the two only makes them look so.
func drawn(word []byte) bool {
	if name, rest, ok := looks.Requirement(word); ok {
		return drawn(name) || mixedCase(rest) && looks.Drawn(rest)
	}
	return mixedCase(word) && looks.Drawn(word)
}

// mixedCase reports whether a text has letters of both cases and digits. A version or a place hardly has.
func mixedCase(text []byte) bool {
	return ascii.HasClass(text, ascii.ClassLower) && ascii.HasClass(text, ascii.ClassUpper) && ascii.HasDigit(text)
}
