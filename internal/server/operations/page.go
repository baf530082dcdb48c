package operations

import (
	"embed"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/scan/webpage"
)

//go:embed template
var templates embed.FS

// The parts that both pages share. The policy allows only the style of the page, by its hash.
var (
	pages = sync.OnceValue(func() *template.Template { return template.Must(template.ParseFS(templates, "template/*.tmpl")) })
	page  = sync.OnceValue(func() webpage.Page { return webpage.Embedded(templates, "template/page.css", "") })
)

// startPage is the data of the page with links to the other pages.
type startPage struct {
	webpage.Page

	Version string
	// Base is the path in front of all others, empty for none.
	Base string
}

// browserPage is the data of the page that describes the API.
type browserPage struct {
	webpage.Page

	Rows []browserRow
	Spec string
}

type browserRow struct {
	Method, Path, Summary, Needs, Scope, Body string
	Query                                     []browserParameter
}

type browserParameter struct{ Name, Meaning string }

func (s *Description) browserRows() browserPage {
	var rows []browserRow
	for i := range s.Table {
		r := &s.Table[i]
		row := browserRow{
			Method: r.Method, Path: s.BasePath + strings.ReplaceAll(r.Patterns()[0], "{$}", ""), Summary: r.Summary, Needs: r.Needs.String(), Scope: r.Scopes(), Body: r.Body,
		}
		for _, p := range r.Query {
			row.Query = append(row.Query, browserParameter{p.Name, p.Meaning})
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b browserRow) int { return strings.Compare(a.Path, b.Path) })
	return browserPage{page(), rows, s.BasePath + specPath}
}

// html answers with a page from a template.
func html(c *api.Call, name string, data any) (*api.Reply, error) {
	page().Headers(c.Header().Set)
	return api.Stream(api.HTMLType, func(w io.Writer) error { return pages().ExecuteTemplate(w, name, data) }), nil
}
