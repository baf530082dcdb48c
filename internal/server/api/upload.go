package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
)

// Uploaded returns the content of the part "file" of a multipart form, of at most maxBytes.
func (c *Call) Uploaded(maxBytes int) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, Failure(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException", "send the file as multipart/form-data: curl -F file=@reviewed.csv")
	}
	tooLarge := Failure(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "the file is larger than %d MB", maxBytes>>20)
	// The form around the file is small.
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, int64(maxBytes)+64<<10)
	fail := func(err error) error {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return tooLarge
		}
		return BadRequest("the form cannot be read")
	}
	form, err := c.r.MultipartReader()
	if err != nil {
		return nil, fail(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, BadRequest("file: the form has no such part")
		}
		if err != nil {
			return nil, fail(err)
		}
		if part.FormName() != "file" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(part, int64(maxBytes)+1))
		switch {
		case err != nil:
			return nil, fail(err)
		case len(data) > maxBytes:
			return nil, tooLarge
		}
		return data, nil
	}
}
