package page

import (
	"maps"
	"net/url"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// RowsOfPage is how many rows a list shows at once.
const RowsOfPage = 50

// Choice is one entry of a select.
type Choice struct {
	Value, Word string
	Chosen      bool
}

// Choices makes the entries of a select of pairs of value and word.
func Choices(words [][2]string, chosen string) (list []Choice) {
	for _, w := range words {
		list = append(list, Choice{w[0], w[1], w[0] == chosen})
	}
	return list
}

// Chosen gives a value if it is one of words, otherwise the usual one.
func Chosen(value string, words [][2]string, usual string) string {
	for _, w := range words {
		if w[0] == value {
			return value
		}
	}
	return usual
}

// List is a list whose filters and page are in the address. A value that means nothing is as if it were not there.
type List struct {
	// Chosen is true when a filter leaves something out.
	Chosen bool
	Pager  Pager

	path  string
	query url.Values
	start int
}

// List reads the page that the address chooses. Add what else it chooses with [List.Keep].
func (v *Visit) List() List {
	l := List{path: v.Core.BasePath + strings.TrimPrefix(v.Request.URL.EscapedPath(), v.Core.BasePath), query: url.Values{}}
	if n, err := strconv.Atoi(v.Request.URL.Query().Get("page")); err == nil && n > 1 && n < 1_000_000 {
		l.start = (n - 1) * RowsOfPage
	}
	return l
}

// Keep puts a value into the addresses of all pages of the list. An empty one stays out.
func (l *List) Keep(name, value string) {
	if value != "" {
		l.query.Set(name, value)
	}
}

// Add is Keep for a name with several values.
func (l *List) Add(name, value string) { l.query.Add(name, value) }

// Start is the index of the first row, from 0.
func (l *List) Start() int { return l.start }

// Rows is the part of the list that is asked for, with one entry more, which tells whether there is a next page.
func (l *List) Rows() db.Page { return db.Page{Start: l.start, Limit: RowsOfPage + 1} }

// Only is the address of the list's first page, with these of its values alone.
func (l *List) Only(names ...string) string {
	q := url.Values{}
	for _, name := range names {
		if value := l.query.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	return Address(l.path, q)
}

// With is the address of the list's first page, with one more value.
func (l *List) With(name, value string) string {
	q := maps.Clone(l.query)
	q.Set(name, value)
	return Address(l.path, q)
}

// Pager links to the previous and the next page; an address is empty if there is no such page.
type Pager struct {
	// From and To count the rows that are shown, from 1; both are 0 for none, and where rows are not counted.
	From, To int
	// Of is how many there are; 0 when that is not known.
	Of             int
	Previous, Next string
}

// Words says which rows are shown; empty when they are not counted.
func (p Pager) Words() string {
	if p.To == 0 {
		return ""
	}
	words := figure.Thousands(p.From) + "–" + figure.Thousands(p.To)
	if p.Of > 0 {
		words += " of " + figure.Thousands(p.Of)
	}
	return words
}

// Needed reports whether there is another page.
func (p Pager) Needed() bool { return p.Previous != "" || p.Next != "" }

// Below is the address of a path below that of the list, with all of the list's values.
func (l *List) Below(path string) string { return Address(l.path+path, l.query) }

// Paged cuts rows that were asked for by [List.Rows], and sets the list's pager. all is how many there are without a filter.
func Paged[T any](l *List, rows []T, all int) []T {
	more := len(rows) > RowsOfPage
	rows = rows[:min(len(rows), RowsOfPage)]
	p := &l.Pager
	if len(rows) > 0 {
		p.From, p.To = l.start+1, l.start+len(rows)
	}
	if !l.Chosen {
		p.Of = all
	}
	number := l.start/RowsOfPage + 1
	if l.start > 0 {
		p.Previous = l.at(number - 1)
	}
	if more {
		p.Next = l.at(number + 1)
	}
	return rows
}

// at is the address of a page of the list, counted from 1.
func (l *List) at(number int) string {
	q := maps.Clone(l.query)
	if number > 1 {
		q.Set("page", strconv.Itoa(number))
	}
	return Address(l.path, q)
}
