package fakebitbucket

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"

	"github.com/sluice-scan/sluice/scan/jsonstream"
)

// answer is one response before delivery, so that a listener and a transport deliver the same response.
type Answer struct {
	Status int
	Header http.Header // not nil, unless Broken is set
	Body   []byte
	Cut    bool  // stop in the middle of the body although Content-Length promises all of it
	Broken error // the connection breaks and nothing is answered
}

// errReset is the error for a client of the transport where a client of a listener has its connection reset.
var ErrReset error = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

// NewAnswer makes an answer; an empty contentType sets no header.
func NewAnswer(status int, contentType string, body []byte) Answer {
	a := Answer{Status: status, Header: http.Header{}, Body: body}
	if contentType != "" {
		a.Header.Set("Content-Type", contentType)
	}
	return a
}

func emptyAnswer(status int) Answer { return NewAnswer(status, "", nil) }

func jsonAnswer(status int, value any) Answer {
	text, err := jsonstream.Line(value)
	if err != nil {
		// Everything stored came from a JSON decoder, so this is a defect of the fake and must not look like a response.
		panic("fakebitbucket: encode an answer: " + err.Error())
	}
	return NewAnswer(status, "application/json; charset=utf-8", bytes.TrimSuffix(text, []byte("\n")))
}

func textAnswer(status int, text string) Answer {
	return NewAnswer(status, "text/plain; charset=utf-8", []byte(text))
}

func htmlAnswer(status int, page string) Answer {
	return NewAnswer(status, "text/html; charset=utf-8", []byte(page))
}

// deliver writes the answer to a listener's client.
func (a Answer) deliver(w http.ResponseWriter) {
	if a.Broken != nil {
		breakConnection(w)
		return
	}
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	if a.Status == http.StatusNoContent {
		w.WriteHeader(a.Status)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	if !a.Cut {
		w.Write(a.Body) //nolint:errcheck // the client may be gone, which is its right
		return
	}
	w.Write(a.Body[:len(a.Body)/2])       //nolint:errcheck // as above
	http.NewResponseController(w).Flush() //nolint:errcheck // as above
	panic(http.ErrAbortHandler)           // the only way to end a response early without hijacking it
}

// breakConnection closes the client's connection with a reset instead of an orderly end.
func breakConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	raw := conn
	if secure, ok := conn.(*tls.Conn); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // without it the connection closes normally
	}
	raw.Close() //nolint:errcheck // the connection is discarded
}

// response returns the answer as a transport returns it.
func (a Answer) response(r *http.Request) (*http.Response, error) {
	if a.Broken != nil {
		return nil, a.Broken
	}
	var body io.Reader = bytes.NewReader(a.Body)
	if a.Cut {
		body = io.MultiReader(bytes.NewReader(a.Body[:len(a.Body)/2]), cutReader{})
	}
	header := a.Header.Clone()
	header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	return &http.Response{
		Status: strconv.Itoa(a.Status) + " " + http.StatusText(a.Status), StatusCode: a.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(body), ContentLength: int64(len(a.Body)), Request: r,
	}, nil
}

type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
