package status

import (
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// filter is what the address of a list of projects, repositories or branches chooses.
type filter struct {
	page.List
	Name string
	// Types are empty where there is nothing to choose.
	Types, Statuses, Orders []page.Choice

	kind   string
	status *status.Status
	order  catalog.Order
}

var (
	typeWords  = [][2]string{{"normal", "Regular projects"}, {"personal", "Personal projects"}, {"all", "All projects"}}
	orderWords = [][2]string{{"risk", "Vulnerable first"}, {"name", "By name"}, {"scan", "Last scan first"}}
	orders     = map[string]catalog.Order{"risk": catalog.ByRisk, "name": catalog.ByName, "scan": catalog.ByScan}
)

// newFilter reads what the address chooses. byType offers the types of projects; order is the order that the list has by itself.
func newFilter(v *page.Visit, byType bool, order string) *filter {
	q := v.Request.URL.Query()
	f := &filter{List: v.List(), Name: strings.TrimSpace(q.Get("name"))}
	f.Keep("name", f.Name)
	if byType {
		f.kind = page.Chosen(q.Get("type"), typeWords, "normal")
		f.Types = page.Choices(typeWords, f.kind)
		if f.kind != "normal" {
			f.Keep("type", f.kind)
		}
	}
	f.Statuses = []page.Choice{{Word: "Any status", Chosen: true}}
	for i := range figure.Looks {
		l := &figure.Looks[i]
		is := q.Get("status") == l.Class
		if is {
			f.status = &l.Status
			f.Statuses[0].Chosen = false
			f.Keep("status", l.Class)
		}
		f.Statuses = append(f.Statuses, page.Choice{Value: l.Class, Word: l.Word, Chosen: is})
	}
	sort := page.Chosen(q.Get("sort"), orderWords, order)
	f.Orders, f.order = page.Choices(orderWords, sort), orders[sort]
	if sort != order {
		f.Keep("sort", sort)
	}
	f.Chosen = f.Name != "" || f.status != nil
	return f
}

// stored is the filter as the store takes it.
func (f *filter) stored() catalog.Filter {
	return catalog.Filter{Name: f.Name, Status: f.status, Order: f.order}
}

// Clear is the address of the list without what leaves something out.
func (f *filter) Clear() string { return f.Only("type", "sort") }
