package pipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

// dryRun prints every request and answers it from an in-memory Bitbucket, so that the output has exactly the payloads of
// the real publisher.
type dryRun struct {
	mu  sync.Mutex
	out io.Writer
	// direct and proxied are the two ways into the in-memory Bitbucket.
	direct, proxied http.RoundTripper
}

// NewDryRun returns a transport that prints to out and sends nothing.
func NewDryRun(out io.Writer, product bitbucket.Product) http.RoundTripper {
	var options []fakebitbucket.Option
	if product == bitbucket.DataCenter {
		options = append(options, fakebitbucket.WithDataCenter(""))
	}
	server := fakebitbucket.New(options...)
	return &dryRun{out: out, direct: server.Transport(), proxied: server.ProxyTransport()}
}

// RoundTrip implements http.RoundTripper. It does not print headers, because they contain the credentials.
func (d *dryRun) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	d.print(r, body)
	inner := r.Clone(r.Context())
	inner.Body = io.NopCloser(bytes.NewReader(body))
	inner.Header.Del("Authorization")
	if r.URL.Scheme == "http" && r.URL.Host == "api.bitbucket.org" {
		return d.proxied.RoundTrip(inner)
	}
	return d.direct.RoundTrip(inner)
}

func (d *dryRun) print(r *http.Request, body []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, _ = fmt.Fprintf(d.out, "\nDRY RUN %s %s\n", r.Method, r.URL)
	if len(body) == 0 {
		return
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, body, "", "  ") != nil {
		return
	}
	_, _ = d.out.Write(append(pretty.Bytes(), '\n'))
}
