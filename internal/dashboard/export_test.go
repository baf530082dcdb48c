package dashboard

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
)

// Page is a page as tests see it.
type Page struct {
	Method, Path string
	Needs        access.Permission
}

// Pages lists the table of pages.
func Pages() (list []Page) {
	for _, r := range assemble(Options{}).table {
		list = append(list, Page{r.Method, r.Path, r.Needs})
	}
	return list
}

// NewOver is New with other pages, which answer 204; it serves them though they have gaps. The error is what New would give.
func NewOver(o Options, table ...Page) (func() http.Handler, error) {
	d := assemble(o)
	d.table = nil
	for _, r := range table {
		d.table = append(d.table, Route{r.Method, r.Path, r.Needs, func(v *visit) error { v.w.WriteHeader(http.StatusNoContent); return nil }})
	}
	return d.Handler, check(d.table)
}

// Shares is shares.
func Shares(counts ...int) []float64 { return shares(counts) }
