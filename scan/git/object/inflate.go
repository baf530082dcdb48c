package object

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"
)

// maxDeflate is above the best ratio of deflate (1:1032). A header that claims a larger ratio is wrong, and is rejected
// before any memory is allocated for it.
const maxDeflate = 1040

// inflater reads zlib streams (RFC 1950, 1951) at an offset of a file. The size of the output is known in advance, so it
// needs no window: repeats are copied within the output. With this, and with tables indexed by bits of a 64-bit buffer,
// it is about three times as fast as compress/zlib, which reads byte by byte.
//
// It does not verify the checksum at the end of a stream. The hash of the object verifies the content.
//
// Inflaters are reused: a stream of a few hundred bytes must not cost new tables.
type inflater struct {
	src offsetReader
	// bits holds the next n bits of the stream, the lowest first. The bits above them are later bits of the stream, or
	// zeros.
	bits uint64
	n    uint
	// beyond counts the zero bytes that were supplied after the end of the file.
	beyond uint

	lit, dist, meta codeTable
	lengths         [maxLitCodes + maxDistCodes]uint8
}

var inflaters = sync.Pool{New: func() any { return &inflater{src: offsetReader{buf: make([]byte, 32<<10)}} }}

// reset points the inflater at a stream. size is the length of the inflated data; it decides how much is read from the
// file at once.
func (in *inflater) reset(r io.ReaderAt, offset, size int64) error {
	in.src.reset(r, offset, size)
	in.bits, in.n, in.beyond = 0, 0, 0
	head, err := in.take(16)
	if err != nil {
		return err
	}
	if method, flags := head&0xff, head>>8; method&15 != 8 || method>>4 > 7 || flags&32 != 0 || (method<<8|flags)%31 != 0 {
		return Corrupt(errors.New("no zlib stream"))
	}
	return nil
}

// release returns the inflater to the pool.
func (in *inflater) release() {
	in.src.r = nil
	inflaters.Put(in)
}

// full fills data, and checks that the stream ends there.
func (in *inflater) full(data []byte) error {
	n, err := in.decode(data, true)
	if err == nil && n < len(data) {
		err = Corrupt(errors.New("less data than its header says"))
	}
	return err
}

// begin returns the first bytes of a stream: as many as fit into data, or as there are.
func (in *inflater) begin(data []byte) ([]byte, error) {
	n, err := in.decode(data, false)
	return data[:n], err
}

// inflateAt inflates the stream of size bytes at offset into buf, or into new memory if buf is too small.
func inflateAt(r io.ReaderAt, offset, size int64, buf []byte) ([]byte, error) {
	in := inflaters.Get().(*inflater)
	defer in.release()
	if err := in.reset(r, offset, size); err != nil {
		return nil, err
	}
	buf = Sized(buf, size)
	return buf, in.full(buf)
}

// beginAt returns the first bytes of the stream at the beginning of a file. hint is the number of bytes that will
// probably be read.
func beginAt(r io.ReaderAt, hint int64, data []byte) ([]byte, error) {
	in := inflaters.Get().(*inflater)
	defer in.release()
	if err := in.reset(r, 0, hint); err != nil {
		return nil, err
	}
	return in.begin(data)
}

// decode inflates into data and returns the number of bytes. If whole is set, output that does not fit is an error.
func (in *inflater) decode(data []byte, whole bool) (at int, err error) {
	for last := uint64(0); last == 0; {
		head, err := in.take(3)
		if err != nil {
			return at, err
		}
		last = head & 1
		lit, dist := &in.lit, &in.dist
		switch head >> 1 {
		case 0:
			at, err = in.stored(data, at, whole)
		case 1:
			fixed := fixedCodes()
			lit, dist = &fixed[0], &fixed[1]
		case 2:
			err = in.codes()
		default:
			err = Corrupt(errors.New("block of an unknown kind"))
		}
		if err == nil && head>>1 != 0 {
			at, err = in.block(data, at, whole, lit, dist)
		}
		if errors.Is(err, errFull) {
			return at, nil
		}
		if err != nil {
			return at, err
		}
	}
	if in.beyond > in.n/8 {
		return at, Corrupt(io.ErrUnexpectedEOF)
	}
	return at, nil
}

var (
	// errFull ends the reading of a beginning.
	errFull     = errors.New("full")
	errTooMuch  = errors.New("more data than its header says")
	errDistance = errors.New("a distance beyond the beginning, or none")
)

// more returns the error for a block with more output than fits.
func more(whole bool) error {
	if whole {
		return Corrupt(errTooMuch)
	}
	return errFull
}

// stored copies an uncompressed block.
func (in *inflater) stored(data []byte, at int, whole bool) (int, error) {
	_, _ = in.take(in.n & 7)
	sizes, err := in.take(32)
	if err != nil {
		return at, err
	}
	size := int(sizes & 0xffff)
	if sizes>>16 != ^sizes&0xffff {
		return at, Corrupt(errors.New("malformed size of a block"))
	}
	for ; size > 0 && in.n > 0; size-- {
		b, err := in.take(8)
		if err != nil {
			return at, err
		}
		if at == len(data) {
			return at, more(whole)
		}
		data[at] = byte(b)
		at++
	}
	if in.n == 0 {
		in.bits = 0
	}
	part := data[at:min(at+size, len(data))]
	if _, err := io.ReadFull(&in.src, part); err != nil {
		return at, Corrupt(err)
	}
	if at += len(part); len(part) < size {
		return at, more(whole)
	}
	return at, nil
}

// metaOrder is the order in which a block stores the lengths of its code length code.
var metaOrder = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// codes reads the two codes of a block, which are themselves encoded.
func (in *inflater) codes() error {
	head, err := in.take(14)
	if err != nil {
		return err
	}
	lits, dists, metas := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	if lits > maxLitCodes || dists > maxDistCodes {
		return Corrupt(errHuffman)
	}
	var lengths [19]uint8
	for _, i := range metaOrder[:metas] {
		n, err := in.take(3)
		if err != nil {
			return err
		}
		lengths[i] = uint8(n)
	}
	if err := in.meta.build(lengths[:], metaAlphabet[:], metaRoot); err != nil {
		return Corrupt(err)
	}
	all := in.lengths[:lits+dists]
	for i := 0; i < len(all); {
		if err := in.refill(); err != nil {
			return err
		}
		e := in.meta.entries[in.bits&(1<<in.meta.root-1)]
		in.bits >>= e & codeBits
		in.n -= uint(e & codeBits)
		var again uint64
		length := uint8(0)
		switch symbol := e >> valueShift; {
		case e == 0, symbol == 16 && i == 0:
			return Corrupt(errHuffman)
		case symbol < 16:
			length, again = uint8(symbol), 1
		case symbol == 16:
			length, again = all[i-1], 3+in.cut(2)
		case symbol == 17:
			again = 3 + in.cut(3)
		default:
			again = 11 + in.cut(7)
		}
		if again > uint64(len(all)-i) {
			return Corrupt(errHuffman)
		}
		for ; again > 0; again-- {
			all[i] = length
			i++
		}
	}
	if err := in.lit.build(all[:lits], litAlphabet[:], litRoot); err != nil {
		return Corrupt(err)
	}
	if err := in.dist.build(all[lits:], distAlphabet[:], distRoot); err != nil {
		return Corrupt(err)
	}
	return nil
}

// block inflates a block into data, beginning at at, and returns where it ends.
func (in *inflater) block(data []byte, at int, whole bool, lit, dist *codeTable) (end int, err error) {
	end, in.bits, in.n, err = in.symbols(data, at, whole, lit, dist)
	return end, err
}

// symbols does the work of block. It returns the remaining bits as results, so that they can stay in registers.
func (in *inflater) symbols(data []byte, at int, whole bool, lit, dist *codeTable) (end int, bits uint64, n uint, err error) {
	bits, n = in.bits, in.n
	litMask, distMask := uint64(1)<<lit.root-1, uint64(1)<<dist.root-1
	for {
		// A length and a distance with their extra bits take at most 48 bits.
		if n < 48 {
			if src := &in.src; src.end-src.pos >= 8 {
				bits |= binary.LittleEndian.Uint64(src.buf[src.pos:]) << (n & 63)
				src.pos += int(63-n) >> 3
				n |= 56
			} else {
				in.bits, in.n = bits, n
				err = in.refill()
				if bits, n = in.bits, in.n; err != nil {
					return at, bits, n, err
				}
			}
		}
		e := lit.entries[bits&litMask&tableMask]
		if e&codeFurther != 0 {
			e = lit.entries[uint64(e>>valueShift)+bits>>lit.root&(1<<(e>>extraShift&extraBits)-1)]
		}
		bits >>= e & codeBits
		n -= uint(e & codeBits)
		if e&codeLiteral != 0 {
			if at >= len(data) {
				return at, bits, n, more(whole)
			}
			data[at] = byte(e >> valueShift)
			at++
			continue
		}
		if e&codeEnd != 0 {
			return at, bits, n, nil
		}
		extra := e >> extraShift & extraBits
		length := int(e>>valueShift) + int(bits&(1<<extra-1))
		bits >>= extra
		n -= uint(extra)
		d := dist.entries[bits&distMask&tableMask]
		if d&codeFurther != 0 {
			d = dist.entries[uint64(d>>valueShift)+bits>>dist.root&(1<<(d>>extraShift&extraBits)-1)]
		}
		bits >>= d & codeBits
		extra = d >> extraShift & extraBits
		distance := int(d>>valueShift) + int(bits&(1<<extra-1))
		bits >>= extra
		n -= uint(d&codeBits) + uint(extra)
		if e>>valueShift == 0 || d>>valueShift == 0 || distance > at {
			return at, bits, n, Corrupt(errDistance)
		}
		if length > len(data)-at {
			if whole {
				return at, bits, n, Corrupt(errTooMuch)
			}
			return repeat(data, at, distance, len(data)-at), bits, n, errFull
		}
		at = repeat(data, at, distance, length)
	}
}

// repeat copies length bytes from distance bytes before at to at. The two may overlap. It returns the end.
func repeat(data []byte, at, distance, length int) int {
	from, end := at-distance, at+length
	switch {
	case distance >= 8 && end+8 <= len(data):
		// Copy eight bytes at once. Later output overwrites the surplus.
		for ; at < end; at, from = at+8, from+8 {
			binary.LittleEndian.PutUint64(data[at:], binary.LittleEndian.Uint64(data[from:]))
		}
	case distance >= length:
		copy(data[at:end], data[from:])
	default:
		for ; at < end; at, from = at+1, from+1 {
			data[at] = data[from]
		}
	}
	return end
}

// take returns the next bits of the stream, at most 32.
func (in *inflater) take(count uint) (uint64, error) {
	if in.n < count {
		if err := in.refill(); err != nil {
			return 0, err
		}
	}
	return in.cut(count), nil
}

// cut takes bits that are already in the buffer.
func (in *inflater) cut(count uint) uint64 {
	value := in.bits & (1<<count - 1)
	in.bits >>= count
	in.n -= count
	return value
}

// refill fills the buffer to at least 56 bits, with zeros after the end of the file. If more zeros were supplied than
// the buffer holds, some were consumed, which is an error.
func (in *inflater) refill() error {
	for in.n < 56 {
		var b byte
		if src := &in.src; src.pos < src.end || src.fill() {
			b = src.buf[src.pos]
			src.pos++
		} else if src.err != nil {
			return Corrupt(src.err)
		} else if in.beyond++; in.beyond > 8 {
			return Corrupt(io.ErrUnexpectedEOF)
		}
		in.bits |= uint64(b) << in.n
		in.n += 8
	}
	return nil
}
