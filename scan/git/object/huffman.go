package object

import (
	"errors"
	"sync"
)

// A Huffman code of deflate (RFC 1951) becomes a lookup table, indexed by the next bits of the stream. Codes longer than
// the root's width have a subtable behind it; the entry of their first bits points to the subtable.
//
// The layout of an entry, from its lowest bit: 5 bits for the length of the code; the flags below; 5 bits for the number
// of bits that follow the code, or that index the subtable; from bit 16 on the value: a byte, the smallest length or
// distance, or the position of the subtable. An entry without value or flag is unused.
const (
	codeBits    = 0x1f
	codeLiteral = 1 << 5
	codeEnd     = 1 << 6
	codeFurther = 1 << 7
	extraShift  = 8
	extraBits   = 0x1f
	valueShift  = 16

	maxCodeBits  = 15
	litRoot      = 9
	distRoot     = 7
	metaRoot     = 7
	maxLitCodes  = 286
	maxDistCodes = 30
	// tableMask is the highest index in a table.
	tableMask = 1<<10 - 1
)

var errHuffman = errors.New("malformed Huffman code")

// codeTable is a code as a table. Complete codes with the root widths above need at most 852 entries.
type codeTable struct {
	root    uint
	entries [tableMask + 1]uint32
}

// The entries of the three alphabets, without the lengths of their codes.
var (
	litAlphabet  = lengthEntries()
	distAlphabet = distanceEntries()
	metaAlphabet = metaEntries()
)

func lengthEntries() (entries [288]uint32) {
	for b := range 256 {
		entries[b] = uint32(b)<<valueShift | codeLiteral
	}
	entries[256] = codeEnd
	base := uint32(3)
	for i := range uint32(28) {
		extra := uint32(0)
		if i >= 8 {
			extra = i/4 - 1
		}
		entries[257+i] = base<<valueShift | extra<<extraShift
		base += 1 << extra
	}
	entries[285] = 258 << valueShift
	return entries
}

func distanceEntries() (entries [32]uint32) {
	base := uint32(1)
	for i := range uint32(maxDistCodes) {
		extra := uint32(0)
		if i >= 4 {
			extra = i/2 - 1
		}
		entries[i] = base<<valueShift | extra<<extraShift
		base += 1 << extra
	}
	return entries
}

func metaEntries() (entries [19]uint32) {
	for i := range entries {
		entries[i] = uint32(i)<<valueShift | codeLiteral
	}
	return entries
}

// fixedCodes are the codes for blocks that do not define their own.
var fixedCodes = sync.OnceValue(func() *[2]codeTable {
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	var tables [2]codeTable
	_ = tables[0].build(lengths[:], litAlphabet[:], litRoot)
	var distances [32]uint8
	for i := range distances {
		distances[i] = 5
	}
	_ = tables[1].build(distances[:], distAlphabet[:], distRoot)
	return &tables
})

// build makes the table of the code with these lengths, one for each entry of the alphabet; 0 means unused. An
// incomplete code is malformed, unless it has one bit or is empty.
func (t *codeTable) build(lengths []uint8, alphabet []uint32, root uint) error {
	var count, first [maxCodeBits + 2]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	longest, left, codes := 0, 1, 0
	for n := 1; n <= maxCodeBits; n++ {
		left = left<<1 - count[n]
		if left < 0 {
			return errHuffman
		}
		if codes += count[n]; count[n] > 0 {
			longest = n
		}
		first[n+1] = codes
	}
	if left > 0 && (codes > 1 || longest > 1) {
		return errHuffman
	}
	t.root = min(root, uint(max(longest, 1)))
	if left > 0 {
		t.entries[0], t.entries[1] = 0, 0
	}
	// The symbols in the order of their codes.
	var symbols [288]uint16
	for symbol, n := range lengths {
		if n > 0 {
			symbols[first[n]] = uint16(symbol)
			first[n]++
		}
	}
	return t.fill(symbols[:codes], lengths, alphabet, &count, longest)
}

// fill enters the codes. code is the current one with its first bit lowest, as in the stream. table is the position of
// the table for it, with 1<<width entries, which ignores the first skip bits.
func (t *codeTable) fill(symbols []uint16, lengths []uint8, alphabet []uint32, count *[maxCodeBits + 2]int, longest int) error {
	root := int(t.root)
	mask := uint32(1)<<root - 1
	code, low := uint32(0), ^uint32(0)
	table, width, skip := 0, root, 0
	for _, symbol := range symbols {
		n := int(lengths[symbol])
		if n > root && code&mask != low {
			// The subtable is as wide as the longest code with these first bits.
			table += 1 << width
			skip, low = root, code&mask
			width = n - skip
			for room := 1 << width; width+skip < longest; width++ {
				if room -= count[width+skip]; room <= 0 {
					break
				}
				room <<= 1
			}
			if table+1<<width > len(t.entries) {
				return errHuffman
			}
			t.entries[low] = uint32(table)<<valueShift | uint32(width)<<extraShift | codeFurther
		}
		entry := alphabet[symbol] | uint32(n)
		for i := int(code >> skip); i < 1<<width; i += 1 << (n - skip) {
			t.entries[table+i] = entry
		}
		count[n]--
		bit := uint32(1) << (n - 1)
		for code&bit != 0 {
			bit >>= 1
		}
		if bit == 0 {
			break
		}
		code = code&(bit-1) | bit
	}
	return nil
}
