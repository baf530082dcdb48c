package main

import (
	"math"

	"github.com/sluice-scan/sluice/scan/secret/odds"
)

// model is what was counted.
type model struct {
	kinds   [odds.KindCells]float64
	letters [odds.LetterCells]float64
}

// learn counts the samples.
func learn(t *texts) *model {
	m := &model{}
	for _, s := range t.learn {
		odds.Walk([]byte(s.text), func(kindCell, letterCell int) {
			m.kinds[kindCell] += s.weight
			if letterCell >= 0 {
				m.letters[letterCell-odds.KindCells] += s.weight
			}
		})
	}
	return m
}

// How far a count is smoothed by the shorter context.
const (
	smoothKind   = 20
	smoothLetter = 6
)

// costs returns the cells of the table.
func (m *model) costs() []byte {
	list := make([]byte, odds.KindCells+odds.LetterCells)
	const kinds = odds.Kinds - 1
	for at := 0; at < odds.KindCells; at += kinds {
		sum := 0.0
		for k := range kinds {
			sum += m.kinds[at+k]
		}
		for k := range kinds {
			list[at+k] = cost((m.kinds[at+k] + smoothKind/kinds) / (sum + smoothKind))
		}
	}
	single, pairs := m.shorter()
	for before := range odds.Symbols {
		for last := range odds.Symbols {
			sum := 0.0
			for letter := range 26 {
				sum += m.letters[odds.LetterCell(before, last, letter)-odds.KindCells]
			}
			for letter := range 26 {
				pair := (pairs[last][letter]*1 + smoothLetter*single[letter]) / (total(pairs[last][:]) + smoothLetter)
				cell := odds.LetterCell(before, last, letter)
				list[cell] = cost((m.letters[cell-odds.KindCells] + smoothLetter*pair) / (sum + smoothLetter))
			}
		}
	}
	return list
}

// shorter returns the share of each letter, and its counts behind one symbol.
func (m *model) shorter() (single [26]float64, pairs [odds.Symbols][26]float64) {
	for before := range odds.Symbols {
		for last := range odds.Symbols {
			for letter := range 26 {
				n := m.letters[odds.LetterCell(before, last, letter)-odds.KindCells]
				single[letter] += n
				pairs[last][letter] += n
			}
		}
	}
	all := total(single[:])
	for letter := range single {
		single[letter] /= all
	}
	return single, pairs
}

// total adds numbers.
func total(list []float64) (sum float64) {
	for _, n := range list {
		sum += n
	}
	return sum
}

// cost returns the byte for a probability.
func cost(p float64) byte { return byte(min(255, math.Round(-math.Log(p)/odds.Unit))) }
