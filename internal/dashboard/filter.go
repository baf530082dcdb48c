package dashboard

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// rowsOfPage is how many rows a page shows.
const rowsOfPage = 50

// choice is one entry of a select.
type choice struct {
	Value, Word string
	Chosen      bool
}

// filter is what the address of a list chooses. A value that means nothing is as if it were not there.
type filter struct {
	Name string
	// Types are empty where there is nothing to choose.
	Types, Statuses, Orders []choice
	// Chosen is true when the filter leaves something out.
	Chosen bool
	Pager  pager

	kind   string
	status *status.Status
	order  catalog.Order
	start  int
	path   string
	query  url.Values
}

var (
	typeWords  = [][2]string{{"normal", "Regular projects"}, {"personal", "Personal projects"}, {"all", "All projects"}}
	orderWords = [][2]string{{"risk", "Vulnerable first"}, {"name", "By name"}, {"scan", "Last scan first"}}
	orders     = map[string]catalog.Order{"risk": catalog.ByRisk, "name": catalog.ByName, "scan": catalog.ByScan}
)

// filter reads what the address chooses. byType offers the types of projects; order is the order that the list has by itself.
func (v *visit) filter(byType bool, order string) *filter {
	q := v.r.URL.Query()
	f := &filter{Name: strings.TrimSpace(q.Get("name")), path: v.d.BasePath + strings.TrimPrefix(v.r.URL.EscapedPath(), v.d.BasePath), query: url.Values{}}
	if f.Name != "" {
		f.query.Set("name", f.Name)
	}
	if byType {
		f.kind = chosen(q.Get("type"), typeWords, "normal")
		f.Types = choices(typeWords, f.kind)
		if f.kind != "normal" {
			f.query.Set("type", f.kind)
		}
	}
	f.Statuses = []choice{{Word: "Any status", Chosen: true}}
	for i := range statusLooks {
		l := &statusLooks[i]
		is := q.Get("status") == l.Class
		if is {
			f.status = &l.Status
			f.Statuses[0].Chosen = false
			f.query.Set("status", l.Class)
		}
		f.Statuses = append(f.Statuses, choice{l.Class, l.Word, is})
	}
	sort := chosen(q.Get("sort"), orderWords, order)
	f.Orders, f.order = choices(orderWords, sort), orders[sort]
	if sort != order {
		f.query.Set("sort", sort)
	}
	f.Chosen = f.Name != "" || f.status != nil
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n < 1_000_000 {
		f.start = (n - 1) * rowsOfPage
	}
	return f
}

// chosen gives a value if it is one of words, else the usual one.
func chosen(value string, words [][2]string, usual string) string {
	for _, w := range words {
		if w[0] == value {
			return value
		}
	}
	return usual
}

func choices(words [][2]string, chosen string) (list []choice) {
	for _, w := range words {
		list = append(list, choice{w[0], w[1], w[0] == chosen})
	}
	return list
}

// stored is the filter as the store takes it.
func (f *filter) stored() catalog.Filter {
	return catalog.Filter{Name: f.Name, Status: f.status, Order: f.order}
}

// page is the part of the list that is asked for, with one entry more, which tells whether there is a next page.
func (f *filter) page() db.Page { return db.Page{Start: f.start, Limit: rowsOfPage + 1} }

// Clear is the address of the list without what leaves something out.
func (f *filter) Clear() string {
	q := url.Values{}
	for _, name := range []string{"type", "sort"} {
		if value := f.query.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	return address(f.path, q)
}

// pager links to the previous and the next page; an address is empty if there is no such page.
type pager struct {
	// From and To count the rows that are shown, from 1; From is 0 for none.
	From, To int
	// Of is how many there are; 0 when that is not known.
	Of             int
	Previous, Next string
}

// Words says which rows are shown.
func (p pager) Words() string {
	words := thousands(p.From) + "–" + thousands(p.To)
	if p.Of > 0 {
		words += " of " + thousands(p.Of)
	}
	return words
}

// Needed reports whether there is another page.
func (p pager) Needed() bool { return p.Previous != "" || p.Next != "" }

// paged cuts rows that were asked for by page, and makes the pager. all is how many there are without a filter.
func paged[T any](f *filter, rows []T, all int) []T {
	more := len(rows) > rowsOfPage
	rows = rows[:min(len(rows), rowsOfPage)]
	p := &f.Pager
	if len(rows) > 0 {
		p.From, p.To = f.start+1, f.start+len(rows)
	}
	if !f.Chosen {
		p.Of = all
	}
	number := f.start/rowsOfPage + 1
	if f.start > 0 {
		p.Previous = f.at(number - 1)
	}
	if more {
		p.Next = f.at(number + 1)
	}
	return rows
}

// at is the address of a page of the list, counted from 1.
func (f *filter) at(number int) string {
	q := url.Values{}
	for name, values := range f.query {
		q[name] = values
	}
	if number > 1 {
		q.Set("page", strconv.Itoa(number))
	}
	return address(f.path, q)
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
