package archive_test

import (
	"archive/zip"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

// prose returns text that compresses about as well as code.
func prose(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "func number%d(v int) int { return v*%d + %x } // of %s\n", i, i*7919%10007, i*i, strings.Repeat("word ", i%7))
	}
	return b.String()[:n]
}

// BenchmarkUnpack reports the unpacked bytes.
func BenchmarkUnpack(b *testing.B) {
	var text, classes []entry
	for i := range 500 {
		text = append(text, entry{fmt.Sprintf("src/%d.go", i), prose(20_000 + i*10)})
		classes = append(classes, entry{fmt.Sprintf("com/x/%d.class", i), "\xca\xfe\xba\xbe\x00\x00" + prose(20_000)})
	}
	for _, bench := range []struct{ name, content string }{
		{"zip", zipOf(b, text...)}, {"stored", zipBy(b, zip.Store, text...)}, {"classes", zipOf(b, classes...)}, {"tar", tarOf(b, text...)},
		{"tar.gz", gzipOf(b, "", tarOf(b, text...))}, {"zip in zip", zipOf(b, entry{"in.zip", zipOf(b, text...)})},
	} {
		b.Run(bench.name, func(b *testing.B) {
			u := archive.New(archive.Options{})
			content := &scan.Content{File: scan.File{Path: "a"}, Data: []byte(bench.content)}
			b.SetBytes(u.Unpack(b.Context(), content, func(string, []byte) {}).Bytes)
			b.ReportAllocs()
			for b.Loop() {
				require.NotZero(b, u.Unpack(b.Context(), content, func(string, []byte) {}).Files)
			}
		})
	}
}

// BenchmarkOpens measures the cost of a file that is not an archive.
func BenchmarkOpens(b *testing.B) {
	for _, bench := range []struct{ name, content string }{
		{"text", prose(20_000)}, {"binary", "\x7fELF" + strings.Repeat("\x00\x01", 1000)}, {"digits", strings.Repeat("01234567", 1000)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			u, data := archive.New(archive.Options{}), []byte(bench.content)
			b.ReportAllocs()
			for b.Loop() {
				if u.Opens(data) {
					b.Fatal("it is not an archive")
				}
			}
		})
	}
}
