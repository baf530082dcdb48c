package secret

import (
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// list gathers what the matchers find in one text, or, for a redactor, what must not be shown of it.
type list struct {
	page *page
	// byID holds the built-in rules, which matchers name.
	byID map[string]*rule.Live
	all  []candidate
	// forced are the severities that rules have whatever they say themselves.
	forced     map[string]scan.Severity
	allowances *allowances
	// encoded are the parts of the text of which the decoded form has been judged.
	encoded []span
	// masking is true while a redactor asks what must not be shown; masked is what it gets.
	masking bool
	masked  []span
	// trace is nil unless someone asks what happens.
	trace *trace
}

// reset forgets the text before, but not whether a redactor asks.
func (l *list) reset() { l.all, l.encoded, l.trace = l.all[:0], l.encoded[:0], nil }

// full reports whether the text holds so many candidates that no more are taken.
func (l *list) full() bool { return len(l.all) >= maxFindings }

// emitID keeps data[start:end] as a candidate of a built-in rule.
func (l *list) emitID(id string, start, end int, v check.Verdict) { l.emit(l.byID[id], start, end, v) }

// emit keeps data[start:end] as a candidate of a rule.
func (l *list) emit(r *rule.Live, start, end int, v check.Verdict) {
	if l.masking {
		l.mask(start, end)
		return
	}
	if r.Off || v.Drop || start >= end {
		return
	}
	c := candidate{
		start: start, end: end, rule: r, severity: r.Severity, confidence: r.Confidence, note: v.Note, refused: v.Refused,
		decoded:    v.Decoded,
		matchStart: start, matchEnd: end,
	}
	if v.Severity != 0 {
		c.severity = v.Severity
	}
	if v.Confidence != 0 {
		c.confidence = v.Confidence
	}
	l.all = append(l.all, c)
	if l.trace != nil {
		l.trace.emitted(&c)
	}
}

// mask notes a part of the text that is not to be shown; it is nothing outside of a redactor.
func (l *list) mask(start, end int) {
	if l.masking && start < end && len(l.masked) < maxMasks {
		l.masked = append(l.masked, span{start, end})
	}
}

// consider masks a text that stands where a secret does, unless it is plainly something else: a reference, or a word of a
// program.
func (l *list) consider(start, end int) {
	if !l.masking || start >= end {
		return
	}
	text := l.page.data[start:end]
	if len(text) < 3 || ascii.OneOf(looks.Placeholders, text) || !looks.Mixed(text) && looks.Reference(text) || looks.Mixed(text) && looks.Templated(text) || ascii.OnlyOf(text, ascii.ClassSpace, ".,;:()[]{}=\"'") {
		return
	}
	l.mask(start, end)
}

func (l *list) tell(r *rule.Live, start, end int, what string) {
	if l.trace != nil {
		l.trace.add(r, start, end, "%s", what)
	}
}
