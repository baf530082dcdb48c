package page

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"
)

// Stream is the body of a download.
type Stream interface {
	io.Writer
	// Flush sends what was written so far. It is an error when nobody waits for the rest.
	Flush() error
}

// stream is the body of the answer to a visit.
type stream struct {
	io.Writer
	v *Visit
}

func (s stream) Flush() error {
	// A writer that cannot flush sends at the end.
	_ = http.NewResponseController(s.v.Writer).Flush()
	return s.v.Ctx().Err()
}

// Download answers with a file that write writes. It may take longer than a page. An error after the first byte breaks the
// answer off, so that browsers do not take a part for the whole.
func (v *Visit) Download(contentType, name string, write func(w Stream) error) error {
	// The context of the visit ends after [Core.Patience]; that of the connection, when the browser is gone.
	ctx, cancel := context.WithCancel(context.WithoutCancel(v.Ctx()))
	defer cancel()
	stop := context.AfterFunc(v.connection, cancel)
	defer stop()
	v.Request = v.Request.WithContext(ctx)
	// An error means that there is no limit to remove.
	_ = http.NewResponseController(v.Writer).SetWriteDeadline(time.Time{})
	h := v.Writer.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	v.Writer.WriteHeader(http.StatusOK)
	if err := write(stream{v.Writer, v}); err != nil {
		if ctx.Err() == nil {
			v.Core.Log.Error("download broke off", "path", v.Request.URL.Path, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}
