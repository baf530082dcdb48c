package scan

import (
	"sort"
	"strings"

	"github.com/sluice-scan/sluice/scan/display"
)

// dots replace hidden text. Their number is fixed, so that the length of the secret stays hidden.
const dots = "••••••••"

// Mask returns the replacement for a secret in an otherwise readable line. It reveals nothing of the secret, not even
// its length. For a PEM block it keeps the label, which says what kind of key it is.
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

// byteRange is a part of a file. Its end is exclusive.
type byteRange struct{ start, end int }

// masker hides the secrets of one file in any shown part of it.
type masker struct {
	spans []byteRange
	// copies finds the secrets themselves. The masker also hides copies that no rule reported.
	copies copyFinder
}

// minCopy is the minimum length of a secret whose copies elsewhere on a shown line are hidden. Shorter ones ("admin")
// are often ordinary words.
const minCopy = 6

// copyFinder finds copies of secrets by their first bytes, so that a file full of secrets takes no longer than its length.
type copyFinder struct {
	// begins tells the bytes that a secret begins with.
	begins [256]bool
	// byStart holds the secrets by their first bytes, the longest first.
	byStart map[[minCopy]byte][]string
}

// newCopyFinder returns the finder of texts, which have at least minCopy bytes.
func newCopyFinder(texts []string) copyFinder {
	c := copyFinder{byStart: make(map[[minCopy]byte][]string, len(texts))}
	sort.Slice(texts, func(i, j int) bool {
		if len(texts[i]) != len(texts[j]) {
			return len(texts[i]) > len(texts[j])
		}
		return texts[i] < texts[j]
	})
	for _, text := range texts {
		c.begins[text[0]] = true
		start := [minCopy]byte([]byte(text[:minCopy]))
		c.byStart[start] = append(c.byStart[start], text)
	}
	return c
}

// at returns the length of the longest secret that data[at:] begins with; 0 when there is none.
func (c *copyFinder) at(data []byte, at int) int {
	if !c.begins[data[at]] || len(data)-at < minCopy {
		return 0
	}
	for _, text := range c.byStart[[minCopy]byte(data[at:at+minCopy])] {
		if len(data)-at >= len(text) && string(data[at:at+len(text)]) == text {
			return len(text)
		}
	}
	return 0
}

// newMasker returns the masker of a file with these findings. more are other parts to hide.
func newMasker(data []byte, findings []Finding, more []Span) *masker {
	m := &masker{}
	for _, s := range more {
		m.spans = append(m.spans, byteRange{s.Start, s.End})
	}
	seen := map[string]bool{}
	var texts []string
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
				texts = append(texts, text)
			}
		}
	}
	m.copies = newCopyFinder(texts)
	for at := 0; at < len(data); at++ {
		if n := m.copies.at(data, at); n > 0 {
			m.spans = append(m.spans, byteRange{at, at + n})
			at += n - 1
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
	return m
}

// show returns data[from:to] with every secret masked, control characters removed and invalid UTF-8 replaced. mark is
// the relevant range of data. markStart and markEnd are its range in the shown text, both 0 if it is outside.
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
			// The mark is within hidden text: extend it to all of that text.
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

// hideCopies replaces the copies of secrets in a shown text.
func (m *masker) hideCopies(text string) string {
	data := []byte(text)
	var b strings.Builder
	from := 0
	for at := 0; at < len(data); at++ {
		if n := m.copies.at(data, at); n > 0 {
			b.WriteString(text[from:at])
			b.WriteString(dots)
			from = at + n
			at = from - 1
		}
	}
	if from == 0 {
		return text
	}
	b.WriteString(text[from:])
	return b.String()
}

// MaskSecrets returns a function that hides the secrets of the findings in any text, line by line. It also hides each
// line of a multi-line secret.
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
	// If two texts begin at the same place, the replacer uses the one that is listed first. So a longer text must come
	// before its own prefix.
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
