package secret

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// Explain says what the detector did with a line of a file, which counts from 1, in the order of the places, and what
// it found on that line. It is for people who ask why a line fired, or why it did not.
func (d *Detector) Explain(ctx context.Context, content *scan.Content, line int) ([]Step, []scan.Finding, error) {
	from := 0
	for n := 1; n < line; n++ {
		next := ascii.LineEnd(content.Data, from, len(content.Data)) + 1
		if next > len(content.Data) {
			return nil, nil, fmt.Errorf("%s has only %s", content.Path, scan.Plural(n, "line", "lines"))
		}
		from = next
	}
	tr := &found.Trace{From: from, To: ascii.LineEnd(content.Data, from, len(content.Data)) + 1}
	if content.Binary || content.LFS {
		tr.Add(nil, from, from, "the file is binary: its text is not scanned")
	}
	found, err := d.scan(ctx, content, nil, tr)
	if e := &notation.Endings[page.Classify(content.Path).Notation]; e.Source != "" && len(tr.Steps) > 0 {
		tr.Add(nil, from, from, "values are read as %s writes them: %s", e.Name, e.Source)
	}
	for _, word := range aboutPath(content) {
		tr.Add(nil, from, from, "%s", word)
	}
	found = slices.DeleteFunc(found, func(f scan.Finding) bool { return f.End < tr.From || f.Start >= tr.To })
	slices.SortStableFunc(tr.Steps, func(a, b Step) int { return cmp.Compare(a.Start, b.Start) })
	return tr.Steps, found, err
}

// aboutPath says what the path of the file changes.
func aboutPath(content *scan.Content) []string {
	var words []string
	kind := page.Classify(content.Path)
	if kind.Test {
		words = append(words, "the path is one of tests or examples: what is guessed by name is LOW or left out")
	}
	if kind.Generated || page.GeneratedMarker(content.Data) {
		words = append(words, "the file is generated: only tokens of a known shape count")
	}
	if kind.Lock {
		words = append(words, "the file is a lock file: values are not guessed at")
	}
	if kind.Markup {
		words = append(words, "the file is markup: only random values count")
	}
	return words
}
