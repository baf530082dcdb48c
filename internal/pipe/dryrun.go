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

// dryRun prints every request that would be sent and answers it from a Bitbucket in memory, so that what is printed is
// what the real publisher does, payload for payload.
type dryRun struct {
	mu     sync.Mutex
	out    io.Writer
	inside http.RoundTripper
}

// NewDryRun gives a transport that prints to out and sends nothing.
func NewDryRun(out io.Writer, product bitbucket.Product) http.RoundTripper {
	var options []fakebitbucket.Option
	if product == bitbucket.DataCenter {
		options = append(options, fakebitbucket.WithDataCenter(""))
	}
	return &dryRun{out: out, inside: fakebitbucket.New(options...).Transport()}
}

// RoundTrip implements http.RoundTripper. Headers are not printed: they hold the credentials.
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
	return d.inside.RoundTrip(inner)
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
