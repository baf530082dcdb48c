package scan

import (
	"bytes"
	"sort"
	"strings"

	"github.com/sluice-scan/sluice/scan/display"
)

// dots stand for what is hidden. Their number is fixed, so that the length of the secret is hidden too.
const dots = "••••••••"

// Mask stands for a secret in a line that still reads: it shows nothing of the secret, not even its length. Of a PEM block
// it keeps the label, which says what kind of key it is.
func Mask(secret string) string {
	if rest, ok := strings.CutPrefix(secret, "-----BEGIN "); ok {
		if label, _, ok := strings.Cut(rest, "-----"); ok && len(label) < 64 && isLabel(label) {
			return "-----BEGIN " + label + "-----" + dots
		}
	}
	return dots
}

func isLabel(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
}

// byteRange is a part of a file, end exclusive.
type byteRange struct{ start, end int }

// masker hides the secrets of one file in whatever piece of it is shown.
type masker struct {
	spans []byteRange
	// texts are the secrets themselves, longest first: a copy of one that no rule reported is hidden too.
	texts []string
}

// minCopy is the length from which a copy of a secret elsewhere on a shown line is hidden. Shorter ones ("admin") are
// ordinary words too often.
const minCopy = 6

// maxCopySearch bounds the bytes that are searched for copies of the secrets of one file.
const maxCopySearch = 64 << 20

// newMasker makes the masker of a file with the findings in it; more are other parts that are not shown.
func newMasker(data []byte, findings []Finding, more []Span) *masker {
	m := &masker{}
	for _, s := range more {
		m.spans = append(m.spans, byteRange{s.Start, s.End})
	}
	seen := map[string]bool{}
	for i := range findings {
		f := &findings[i]
		if f.Secret.Empty() {
			continue
		}
		if f.End > f.Start {
			m.spans = append(m.spans, byteRange{f.Start, f.End})
		}
		for _, text := range [...]string{f.Secret.Reveal(), f.Decoded.Reveal()} {
			if len(text) >= minCopy && !seen[text] {
				seen[text] = true
				m.texts = append(m.texts, text)
			}
		}
	}
	if len(m.texts)*len(data) <= maxCopySearch {
		for _, text := range m.texts {
			for from := 0; ; {
				at := bytes.Index(data[from:], []byte(text))
				if at < 0 {
					break
				}
				m.spans = append(m.spans, byteRange{from + at, from + at + len(text)})
				from += at + len(text)
			}
		}
	}
	sort.Slice(m.spans, func(i, j int) bool { return m.spans[i].start < m.spans[j].start })
	merged := m.spans[:0]
	for _, s := range m.spans {
		if last := len(merged) - 1; last >= 0 && s.start < merged[last].end {
			merged[last].end = max(merged[last].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	m.spans = merged
	sort.Slice(m.texts, func(i, j int) bool {
		if len(m.texts[i]) != len(m.texts[j]) {
			return len(m.texts[i]) > len(m.texts[j])
		}
		return m.texts[i] < m.texts[j]
	})
	return m
}

// show gives data[from:to] with every secret masked, control characters removed and invalid UTF-8 replaced. mark is
// the part of interest in bytes of data; its place in the shown text comes back, both 0 when it is outside.
func (m *masker) show(data []byte, from, to int, mark byteRange) (text string, markStart, markEnd int) {
	var b strings.Builder
	at := from
	i := sort.Search(len(m.spans), func(i int) bool { return m.spans[i].end > from })
	note := func(offset int) {
		if offset == max(mark.start, from) {
			markStart = b.Len()
		}
		if offset == min(mark.end, to) {
			markEnd = b.Len()
		}
	}
	plain := func(end int) {
		for _, stop := range []int{max(mark.start, from), min(mark.end, to), end} {
			if stop >= at && stop <= end {
				b.WriteString(m.hideCopies(display.Code(data[at:stop])))
				at = stop
				note(stop)
			}
		}
	}
	for ; i < len(m.spans) && m.spans[i].start < to; i++ {
		s := m.spans[i]
		if s.start > at {
			plain(s.start)
		}
		if s.start <= mark.start && mark.start < s.end {
			// The mark lies in what is hidden: it is all of that.
			markStart = b.Len()
		}
		note(max(s.start, at))
		if s.start >= from {
			b.WriteString(Mask(display.Code(data[s.start:s.end])))
		} else {
			b.WriteString(dots)
		}
		at = min(s.end, to)
		if s.start < mark.end && mark.end <= s.end {
			markEnd = b.Len()
		}
		note(at)
	}
	if at < to {
		plain(to)
	}
	if mark.end <= from || mark.start >= to || markEnd < markStart {
		return b.String(), 0, 0
	}
	return b.String(), markStart, markEnd
}

func (m *masker) hideCopies(text string) string {
	for _, secret := range m.texts {
		if strings.Contains(text, secret) {
			text = strings.ReplaceAll(text, secret, dots)
		}
	}
	return text
}

// MaskSecrets gives a function that hides the secrets of the findings in any text, a line at a time: a secret of
// several lines is hidden line by line.
func MaskSecrets(findings ...[]Finding) func(text string) string {
	seen := map[string]bool{}
	var texts []string
	add := func(text string) {
		if len(text) >= minCopy && !seen[text] {
			seen[text] = true
			texts = append(texts, text)
		}
	}
	for _, list := range findings {
		for i := range list {
			for _, secret := range [...]string{list[i].Secret.Reveal(), list[i].Decoded.Reveal()} {
				add(secret)
				if strings.Contains(secret, "\n") {
					for line := range strings.SplitSeq(secret, "\n") {
						add(strings.TrimSpace(line))
					}
				}
			}
		}
	}
	// Of two that begin at one place the replacer takes the first: the longer one must stand before its own beginning.
	sort.Slice(texts, func(i, j int) bool {
		if len(texts[i]) != len(texts[j]) {
			return len(texts[i]) > len(texts[j])
		}
		return texts[i] < texts[j]
	})
	pairs := make([]string, 0, 2*len(texts))
	for _, text := range texts {
		pairs = append(pairs, text, Mask(text))
	}
	replacer := strings.NewReplacer(pairs...)
	return replacer.Replace
}
