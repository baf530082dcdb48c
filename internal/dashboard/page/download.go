package page

import (
	"errors"
	"io"
	"net/http"
)

// CSVType is the media type of CSV files.
const CSVType = "text/csv; charset=utf-8"

// Download answers with a file of some media type, which write writes piece by piece. When it fails, the connection closes, so
// that half a file does not look complete.
func (v *Visit) Download(kind, name string, write func(w io.Writer) error) error {
	h := v.Writer.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	v.Writer.WriteHeader(http.StatusOK)
	if v.Request.Method == http.MethodHead {
		return nil
	}
	if err := write(v.Writer); err != nil {
		if v.Ctx().Err() == nil {
			v.Core.Log.Error("file interrupted", "path", v.Request.URL.Path, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// Flush sends what was written of a file so far. Its error says that nobody waits for the rest.
func (v *Visit) Flush() error {
	if err := http.NewResponseController(v.Writer).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return v.Ctx().Err()
}
