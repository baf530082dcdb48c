package api_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
)

// serve serves routes that anyone may call, each by the function of its path.
func serve(t *testing.T, handlers map[string]func(c *api.Call) (*api.Reply, error)) string {
	t.Helper()
	var table []api.Route
	for path, handle := range handlers {
		table = append(table, api.Route{Method: http.MethodGet, Path: path, Rooted: true, Needs: access.Anyone, Handle: handle})
	}
	core := &api.Core{Log: slog.New(slog.DiscardHandler), Patience: time.Minute, Count: func(string, string, int, time.Duration) {}}
	listener := httptest.NewServer(core.Handler(table))
	t.Cleanup(listener.Close)
	return listener.URL
}

// get asks for gzip and returns the answer as it was sent, with the error that ended its body.
func get(t *testing.T, method, url string, header ...string) (sent, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	request.Header.Set("Accept-Encoding", "gzip")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return sent{response.StatusCode, response.Header, body}, err
}

// sent is an answer as it was sent.
type sent struct {
	status int
	header http.Header
	body   []byte
}

var long = strings.Repeat("a line of text\n", 1000)

func TestAnAnswerThatBreaksOffIsNotEnded(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]func(c *api.Call) (*api.Reply, error){
		"/whole": func(*api.Call) (*api.Reply, error) {
			return api.Stream(api.CSVType, func(w io.Writer) error { _, err := io.WriteString(w, long); return err }), nil
		},
		"/broken": func(c *api.Call) (*api.Reply, error) {
			return api.Stream(api.CSVType, func(w io.Writer) error {
				_, err := io.WriteString(w, long)
				return errors.Join(err, c.Flush(), errors.New("the database is gone"))
			}), nil
		},
	})
	got, err := get(t, http.MethodGet, url+"/whole")
	require.NoError(t, err)
	require.Equal(t, "gzip", got.header.Get("Content-Encoding"))
	require.Equal(t, long, unpacked(t, got.body, nil))
	got, err = get(t, http.MethodGet, url+"/broken")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "gzip", got.header.Get("Content-Encoding"))
	require.Equal(t, long, unpacked(t, got.body, io.ErrUnexpectedEOF), "the part before the error arrives, and the end is missing")
}

func unpacked(t *testing.T, body []byte, ends error) string {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(body))
	require.NoError(t, err)
	text, err := io.ReadAll(reader)
	require.ErrorIs(t, err, ends)
	return string(text)
}

func TestEventsAndFilesAreNotCompressed(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	url := serve(t, map[string]func(c *api.Call) (*api.Reply, error){
		"/events": func(c *api.Call) (*api.Reply, error) {
			return api.Stream(api.EventsType, func(w io.Writer) error {
				_, err := io.WriteString(w, "data: 1\n\n")
				if err := errors.Join(err, c.Flush()); err != nil {
					return err
				}
				select {
				case <-more:
				case <-c.Context().Done():
				}
				return nil
			}), nil
		},
		"/zip": func(*api.Call) (*api.Reply, error) {
			return api.Stream(api.ZIPType, func(w io.Writer) error { _, err := io.WriteString(w, long); return err }), nil
		},
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/events", nil)
	require.NoError(t, err)
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Empty(t, response.Header.Get("Content-Encoding"))
	first := make([]byte, len("data: 1\n\n"))
	_, err = io.ReadFull(response.Body, first)
	require.NoError(t, err, "the first event arrives while the stream goes on")
	require.Equal(t, "data: 1\n\n", string(first))
	close(more)

	got, err := get(t, http.MethodGet, url+"/zip")
	require.NoError(t, err)
	require.Empty(t, got.header.Get("Content-Encoding"))
	require.Equal(t, long, string(got.body))
}

func TestETagsHoldForCompressedAnswers(t *testing.T) {
	t.Parallel()
	url := serve(t, map[string]func(c *api.Call) (*api.Reply, error){"/list": func(*api.Call) (*api.Reply, error) { return api.OK([]string{long}) }})
	got, err := get(t, http.MethodGet, url+"/list")
	require.NoError(t, err)
	require.Equal(t, "gzip", got.header.Get("Content-Encoding"))
	tag := got.header.Get("ETag")
	require.Regexp(t, `^W/"[0-9a-f]+"$`, tag)
	require.Contains(t, unpacked(t, got.body, nil), "a line of text")

	plain, err := get(t, http.MethodGet, url+"/list", "Accept-Encoding", "identity")
	require.NoError(t, err)
	require.Empty(t, plain.header.Get("Content-Encoding"))
	require.Equal(t, tag, plain.header.Get("ETag"))

	for _, encoding := range []string{"gzip", "identity"} {
		got, err = get(t, http.MethodGet, url+"/list", "If-None-Match", tag, "Accept-Encoding", encoding)
		require.NoError(t, err)
		require.Equal(t, http.StatusNotModified, got.status)
		require.Empty(t, got.body)
		require.Empty(t, got.header.Get("Content-Encoding"))
		got, err = get(t, http.MethodHead, url+"/list", "Accept-Encoding", encoding)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, tag, got.header.Get("ETag"))
		require.Empty(t, got.body)
	}
}
