package dashboard

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store"
)

// Page is a page as tests see it.
type Page struct {
	Method, Path string
	Needs        access.Permission
}

// Pages lists the table of pages.
func Pages() (list []Page) {
	for _, r := range assemble(&store.Store{}, Options{}).table {
		list = append(list, Page{r.Method, r.Path, r.Needs})
	}
	return list
}

// NewOver is New with other pages, which answer 204; it serves them though they have gaps. The error is what New would give.
func NewOver(st *store.Store, o Options, table ...Page) (func() http.Handler, error) {
	d := assemble(st, o)
	d.table = nil
	for _, r := range table {
		d.table = append(d.table, page.Route{Method: r.Method, Path: r.Path, Needs: r.Needs, Handle: func(v *page.Visit) error { v.Writer.WriteHeader(http.StatusNoContent); return nil }})
	}
	return d.Handler, page.Check(d.table)
}
