package preview

import "slices"

// severities are Bitbucket's, worst first, and a last one for annotations without a severity.
var severities = []struct{ name, word, letter string }{
	{"CRITICAL", "Critical", "c"},
	{"HIGH", "High", "h"},
	{"MEDIUM", "Medium", "m"},
	{"LOW", "Low", "l"},
	{"", "No severity", "x"},
}

// rankOf returns the index into severities; an unknown word counts as no severity.
func rankOf(severity string) int {
	for i, s := range severities {
		if s.name == severity {
			return i
		}
	}
	return len(severities) - 1
}

// countsOf counts notes by severity, worst first, and leaves out zero counts.
func countsOf(notes []*note) []count {
	var n [5]int
	for _, one := range notes {
		n[one.rank]++
	}
	var counts []count
	for i, s := range severities {
		if n[i] > 0 {
			counts = append(counts, count{s.letter, s.word, quantity(n[i])})
		}
	}
	return counts
}

// worst returns the letter of the most severe note, or empty if there are no notes.
func worst(notes []*note) string {
	if len(notes) == 0 {
		return ""
	}
	return slices.MinFunc(notes, func(a, b *note) int { return a.rank - b.rank }).Letter
}
