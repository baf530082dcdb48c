package archive

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// The header of an entry of an ar archive (deb(5), ar(5)).
const (
	arHeader  = 60
	arName    = 16
	arSize    = 48
	arSizeEnd = 58
	arTrailer = "`\n"
)

// deb reads the parts of a Debian package, which are archives themselves.
func (u *unpacking) deb(path string, depth int, in io.Reader) error {
	var h [arHeader]byte
	if _, err := io.ReadFull(in, h[:len(arMagic)]); err != nil {
		return err
	}
	for {
		_, err := io.ReadFull(in, h[:])
		switch {
		case u.stop != nil:
			return u.stop
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(h[arSize:arSizeEnd])), 10, 64)
		if err != nil || size < 0 || string(h[arSizeEnd:]) != arTrailer {
			return errFormat
		}
		if err := u.count(); err != nil {
			return err
		}
		body := &io.LimitedReader{R: in, N: size}
		name := cleanName(strings.TrimRight(string(h[:arName]), " /"))
		if err := u.content(path+step+name, depth, size, body); err != nil {
			return err
		}
		// Entries begin at even offsets.
		if _, err := io.CopyN(io.Discard, in, body.N+size%2); err != nil {
			if body.N == 0 && errors.Is(err, io.EOF) {
				return nil
			}
			return firstError(u.stop, io.ErrUnexpectedEOF)
		}
	}
}
