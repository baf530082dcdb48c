package found

import (
	"errors"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Limits of one text.
const (
	// MaxFindings bounds the candidates of one text: past it the file is a dump of credentials or an attack.
	MaxFindings = 10_000
	// maxMasks bounds the masks of one text. Past it nothing of the file is shown.
	maxMasks = 200_000
	// MinMasked is the length in bytes from which a text without a name is masked when it looks random.
	MinMasked = 12
)

// ErrTooMany says that a file holds more candidates than one file is scanned for.
var ErrTooMany = errors.New("more than 10000 possible secrets in one file: the rest of the file was not scanned; " +
	"remove it from the repository or exclude its path")

// List collects what the matchers find in one text. For a redactor it collects what must not be shown instead. It is
// not safe for concurrent use.
type List struct {
	page *page.Page
	// byID holds the built-in rules, which matchers refer to by id.
	byID map[string]*rule.Live
	all  []Candidate
	// forced are the severities that rules have even when an offline check says otherwise.
	forced     map[string]scan.Severity
	allowances *Allowances
	// encoded are the parts of the text that were judged in their decoded form.
	encoded []Span
	// masking is true while a redactor asks; masked is what must not be shown.
	masking bool
	masked  []Span
	// Trace is nil unless someone asks what the detector does.
	Trace *Trace
}

// NewList makes a list for a page. byID holds the built-in rules; allowances may be nil.
func NewList(p *page.Page, byID map[string]*rule.Live, allowances *Allowances) List {
	return List{page: p, byID: byID, allowances: allowances}
}

// Reset makes the list ready for another text. Masking stays as it is.
func (l *List) Reset() { l.all, l.encoded, l.Trace = l.all[:0], l.encoded[:0], nil }

// Begin sets the trace, which may be nil, and the severities that rules have even when an offline check says otherwise.
func (l *List) Begin(trace *Trace, forced map[string]scan.Severity) {
	l.Trace, l.forced = trace, forced
}

// Full reports whether the list takes no more candidates.
func (l *List) Full() bool { return len(l.all) >= MaxFindings }

// Room returns how many more matches are worth searching for: one more than the list still takes.
func (l *List) Room() int { return MaxFindings + 1 - min(MaxFindings, len(l.all)) }

// Drop removes the candidates for which out returns true.
func (l *List) Drop(out func(c *Candidate) bool) {
	kept := l.all[:0]
	for i := range l.all {
		if !out(&l.all[i]) {
			kept = append(kept, l.all[i])
		}
	}
	clear(l.all[len(kept):])
	l.all = kept
}

// Adopt adds a candidate from the list of a decoded text.
func (l *List) Adopt(c Candidate) { l.all = append(l.all, c) }

// Judged notes that a part of the text was judged in its decoded form. Guesses about it do not count.
func (l *List) Judged(start, end int) { l.encoded = append(l.encoded, Span{start, end}) }

// StartMasking makes the list collect what must not be shown instead of candidates, when on is true.
func (l *List) StartMasking(on bool) { l.masking, l.masked = on, l.masked[:0] }

// IsMasking reports whether the list collects what must not be shown.
func (l *List) IsMasking() bool { return l.masking }

// StopMasking makes the list collect candidates again. It returns what must not be shown, in no order; complete is
// false when there is too much of it. The spans are valid until the list is used again.
func (l *List) StopMasking() (masked []Span, complete bool) {
	l.masking = false
	return l.masked, len(l.masked) < maxMasks
}

// EmitID adds data[start:end] as a candidate of the built-in rule with an id.
func (l *List) EmitID(id string, start, end int, v check.Verdict) { l.Emit(l.byID[id], start, end, v) }

// Emit adds data[start:end] as a candidate of a rule.
func (l *List) Emit(r *rule.Live, start, end int, v check.Verdict) {
	l.EmitMatch(r, start, end, Span{start, end}, v)
}

// EmitMatch adds data[start:end], which is a part of a whole match, as a candidate of a rule.
func (l *List) EmitMatch(r *rule.Live, start, end int, whole Span, v check.Verdict) {
	if l.masking {
		l.Mask(start, end)
		return
	}
	if r.Off || v.Drop || start >= end {
		return
	}
	c := Candidate{
		Start: start, End: end, Rule: r, severity: r.Severity, confidence: r.Confidence, Note: v.Note, refused: v.Refused,
		Decoded:    v.Decoded,
		MatchStart: whole.Start, MatchEnd: whole.End,
	}
	if v.Severity != 0 {
		c.severity = v.Severity
	}
	if v.Confidence != 0 {
		c.confidence = v.Confidence
	}
	l.all = append(l.all, c)
	if l.Trace != nil {
		l.Trace.emitted(&c)
	}
}

// Mask notes a part of the text that must not be shown. Without a redactor it does nothing.
func (l *List) Mask(start, end int) {
	if l.masking && start < end && len(l.masked) < maxMasks {
		l.masked = append(l.masked, Span{start, end})
	}
}

// Consider masks a text in the place of a secret, unless it is obviously something else: a placeholder or a reference.
func (l *List) Consider(start, end int) {
	if !l.masking || start >= end {
		return
	}
	text := l.page.Data[start:end]
	if len(text) < 3 || ascii.OneOf(looks.Placeholders, text) || !looks.Mixed(text) && looks.Reference(text) || looks.Mixed(text) && looks.Templated(text) || ascii.OnlyOf(text, ascii.ClassSpace, ".,;:()[]{}=\"'") {
		return
	}
	l.Mask(start, end)
}

// Tell adds a step to the trace when there is one.
func (l *List) Tell(r *rule.Live, start, end int, what string) {
	if l.Trace != nil {
		l.Trace.Add(r, start, end, "%s", what)
	}
}
