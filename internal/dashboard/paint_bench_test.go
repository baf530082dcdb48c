package dashboard_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// firstPaint is when the browser painted the first content of a page, in milliseconds after it was asked for it
// (https://www.w3.org/TR/paint-timing/).
const firstPaint = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1`

// BenchmarkFirstPaint measures when a browser shows the first content of each page. The first view of all takes the style and the script with
// it; later ones have them.
func BenchmarkFirstPaint(b *testing.B) {
	s := newService(b, "", testdashboard.Projects)
	for i := range testdashboard.Pages {
		p := &testdashboard.Pages[i]
		if p.Empty || p.Do != nil {
			continue
		}
		b.Run(p.Name, func(b *testing.B) {
			s.t = b
			tab := s.tab(p.As)
			total := 0.0
			for range b.N {
				tab.open(s.sample.Replace(p.Path))
				tab.until(firstPaint + ` >= 0`)
				ms, err := chromedp.Run(tab, chromedp.Evaluate[float64](firstPaint))
				if err != nil {
					b.Fatal(err)
				}
				total += ms
			}
			b.ReportMetric(total/float64(b.N), "ms/paint")
			b.ReportMetric(0, "ns/op")
		})
	}
}
