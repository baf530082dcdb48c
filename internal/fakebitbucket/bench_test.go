package fakebitbucket_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

// BenchmarkPublish measures one publication of 1000 annotations, so that the cost of the fake can be subtracted from the
// publisher's.
func BenchmarkPublish(b *testing.B) {
	bodies := make([]string, 10)
	for i := range bodies {
		bodies[i] = bulk(100*i, 100)
	}
	b.ReportAllocs()
	for b.Loop() {
		server := fakebitbucket.New()
		c := client{b, "https://api.bitbucket.org", httpClient(server.Transport())}
		c.want(200, "PUT", report, goodReport)
		for _, body := range bodies {
			c.want(200, "POST", annots, body)
		}
		c.want(200, "PUT", report, doneReport)
		require.Equal(b, 12, server.Count(""))
	}
}
