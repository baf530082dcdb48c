package manifest_test

import (
	"fmt"
	"testing"

	"github.com/sluice-scan/sluice/scan/sca/manifest"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
)

// BenchmarkRead reads and joins files of each kind. Twice as many packages must take twice as long.
func BenchmarkRead(b *testing.B) {
	for path, generate := range generators {
		for _, n := range []int{5_000, 16_000, 32_000} {
			data := []byte(generate(n))
			b.Run(fmt.Sprintf("%s/%d", path, n), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					doc, err := manifest.Read(path, data)
					if err != nil {
						b.Fatal(err)
					}
					if packages, _ := manifest.Resolve([]*document.Document{doc}); len(packages)+len(doc.Declared) == 0 && path != "Directory.Packages.props" {
						b.Fatal("no packages")
					}
				}
			})
		}
	}
}
