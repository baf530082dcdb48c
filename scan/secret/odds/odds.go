package odds

import (
	"encoding/base64"
	"math"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Kinds of characters, as the model of writing sees them.
const (
	KindLower = iota
	KindUpper
	KindDigit
	KindSign
	// KindStart stands before the first character.
	KindStart
	Kinds
)

// Symbols of the model of writing: the letters in lower case, a digit, and everything that a word begins behind.
const (
	SymbolDigit = 26 + iota
	SymbolBreak
	Symbols
)

// Unit is the step in which the table stores the negative logarithm of a probability, in nats. A byte holds up to 255 steps.
const Unit = 1.0 / 16

// KindCells and LetterCells are the sizes of the two parts of the table.
const (
	KindCells   = Kinds * Kinds * (Kinds - 1)
	LetterCells = Symbols * Symbols * 26
)

// KindCell returns the cell for a kind behind two others.
func KindCell(before, last, kind int) int { return (before*Kinds+last)*(Kinds-1) + kind }

// LetterCell returns the cell for a letter, from 0, behind two symbols.
func LetterCell(before, last, letter int) int {
	return KindCells + (before*Symbols+last)*26 + letter
}

// costs is the table: what each kind and each letter costs in nats behind the two before it.
var costs = func() (list [KindCells + LetterCells]float32) {
	raw, err := base64.StdEncoding.DecodeString(table)
	if err != nil || len(raw) != len(list) {
		// A test reads the table.
		panic("odds: the generated table is damaged; run the command train again")
	}
	for i, b := range raw {
		list[i] = float32(b) * Unit
	}
	return list
}()

// KindOf returns the kind of a character.
func KindOf(b byte) int {
	switch {
	case ascii.Is(b, ascii.ClassLower):
		return KindLower
	case ascii.Is(b, ascii.ClassUpper):
		return KindUpper
	case ascii.Is(b, ascii.ClassDigit):
		return KindDigit
	}
	return KindSign
}

// Walk calls kind and letter for each character of a text with the cells that the model of writing takes. A word begins
// behind a sign, and where the case rises.
func Walk(text []byte, step func(kindCell, letterCell int)) {
	before, last := KindStart, KindStart
	earlier, previous := SymbolBreak, SymbolBreak
	for _, b := range text {
		kind := KindOf(b)
		if kind == KindUpper && last == KindLower {
			earlier, previous = SymbolBreak, SymbolBreak
		}
		cell, symbol := -1, SymbolBreak
		switch kind {
		case KindLower, KindUpper:
			symbol = int(b|0x20) - 'a'
			cell = LetterCell(earlier, previous, symbol)
		case KindDigit:
			symbol = SymbolDigit
		}
		step(KindCell(before, last, kind), cell)
		before, last = last, kind
		earlier, previous = previous, symbol
	}
}

// Of returns the odds, in nats, that a text was drawn at random and not written: above zero when that is likelier. A text with
// characters beyond ASCII or with blanks has very low odds, because generators use neither. The empty text has odds of zero.
func Of(text []byte) float64 {
	if len(text) == 0 {
		return 0
	}
	draw, ok := drawn(text)
	if !ok {
		return math.Inf(-1)
	}
	return written(func(cell int) float64 { return float64(costs[cell]) }, text) - draw
}

// With is [Of] with the bytes of a table that was learned just now.
func With(learned, text []byte) float64 {
	draw, ok := drawn(text)
	if !ok {
		return math.Inf(-1)
	}
	return written(func(cell int) float64 { return float64(learned[cell]) * Unit }, text) - draw
}

// written returns what it costs, in nats, to write a text.
func written(cost func(cell int) float64, text []byte) float64 {
	sum := 0.0
	Walk(text, func(kindCell, letterCell int) {
		sum += cost(kindCell)
		if letterCell >= 0 {
			sum += cost(letterCell)
		} else {
			// The model of writing takes digits and signs as evenly spread.
			sum += evenDigit
		}
	})
	return sum
}

// evenDigit is the cost of a digit or sign when all ten are as likely.
var evenDigit = math.Log(10)
