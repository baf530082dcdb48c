package fakebitbucket

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
)

// answer is one response before delivery, so that a listener and a transport deliver the same response.
type answer struct {
	status int
	header http.Header
	body   []byte
	cut    bool  // stop in the middle of the body although Content-Length announces all of it
	broken error // the connection breaks without a response
}

// errReset is the error for a client of the transport where a client of a listener has its connection reset.
var errReset error = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

func newAnswer(status int, contentType string, body []byte) answer {
	a := answer{status: status, header: http.Header{}, body: body}
	if contentType != "" {
		a.header.Set("Content-Type", contentType)
	}
	return a
}

func emptyAnswer(status int) answer { return newAnswer(status, "", nil) }

func jsonAnswer(status int, value any) answer {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		// Everything stored came from a JSON decoder, so this is a defect of the fake and must not look like a response.
		panic("fakebitbucket: encode an answer: " + err.Error())
	}
	return newAnswer(status, "application/json; charset=utf-8", bytes.TrimSuffix(buffer.Bytes(), []byte("\n")))
}

func textAnswer(status int, text string) answer {
	return newAnswer(status, "text/plain; charset=utf-8", []byte(text))
}

func htmlAnswer(status int, page string) answer {
	return newAnswer(status, "text/html; charset=utf-8", []byte(page))
}

// deliver writes the answer to a listener's client.
func (a answer) deliver(w http.ResponseWriter) {
	if a.broken != nil {
		breakConnection(w)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.status == http.StatusNoContent {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if !a.cut {
		w.Write(a.body) //nolint:errcheck // the client may have disconnected
		return
	}
	w.Write(a.body[:len(a.body)/2])       //nolint:errcheck // as above
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
func (a answer) response(r *http.Request) (*http.Response, error) {
	if a.broken != nil {
		return nil, a.broken
	}
	var body io.Reader = bytes.NewReader(a.body)
	if a.cut {
		body = io.MultiReader(bytes.NewReader(a.body[:len(a.body)/2]), cutReader{})
	}
	header := a.header.Clone()
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	return &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(body), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
