package archive

import (
	"archive/tar"
	"errors"
	"io"
	"strings"
)

// tar reads the files of a tar in order. Links and devices have no content.
func (u *unpacking) tar(path string, depth int, in io.Reader) error {
	r := tar.NewReader(in)
	for {
		h, err := r.Next()
		switch {
		case u.stop != nil:
			return u.stop
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return err
		}
		if err := u.count(); err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
		default:
			continue
		}
		var entry io.Reader = r
		if sparse(h) {
			// The holes of a sparse file take no space in the archive, but they take time here.
			entry = u.counted(r)
		}
		if err := u.content(path+step+cleanName(h.Name), depth, h.Size, entry); err != nil {
			return err
		}
	}
}

func sparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}
