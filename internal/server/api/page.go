package api

import (
	"strconv"

	"github.com/sluice-scan/sluice/internal/store/db"
)

const (
	defaultLimit = 25
	maxLimit     = 1000
)

// PageParameters are the parameters of a list.
func PageParameters() []Parameter {
	return []Parameter{Optional("start", "the index of the first entry, from 0"), Optional("limit", "the number of entries; default 25, at most 1000")}
}

// Page reads start and limit. A limit that is too large is lowered.
func (c *Call) Page() (db.Page, error) {
	p := db.Page{Limit: defaultLimit}
	for _, f := range []struct {
		name string
		to   *int
		min  int
	}{{"start", &p.Start, 0}, {"limit", &p.Limit, 1}} {
		text := c.Query(f.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < f.min {
			return p, BadRequest("%s: %q is not a whole number of at least %d", f.name, text, f.min)
		}
		*f.to = n
	}
	p.Limit = min(p.Limit, maxLimit)
	return p, nil
}

// pageBody is Bitbucket's format of a page.
type pageBody struct {
	Size          int  `json:"size"`
	Limit         int  `json:"limit"`
	IsLastPage    bool `json:"isLastPage"`
	Values        any  `json:"values"`
	Start         int  `json:"start"`
	NextPageStart *int `json:"nextPageStart"`
}

// Paged answers with one page of a list. It asks list for one entry more than the page holds, to know whether there is a
// next page. wire makes the JSON of an entry.
func Paged[T, W any](c *Call, list func(page db.Page) ([]T, error), wire func(*T) W) (*Reply, error) {
	page, err := c.Page()
	if err != nil {
		return nil, err
	}
	rows, err := list(db.Page{Start: page.Start, Limit: page.Limit + 1})
	if err != nil {
		return nil, err
	}
	body := pageBody{Limit: page.Limit, Start: page.Start, IsLastPage: len(rows) <= page.Limit}
	if !body.IsLastPage {
		rows = rows[:page.Limit]
		next := page.Start + page.Limit
		body.NextPageStart = &next
	}
	values := make([]W, len(rows))
	for i := range rows {
		values[i] = wire(&rows[i])
	}
	body.Size, body.Values = len(values), values
	return OK(body)
}

// Cut returns the part of a whole list that a page asks for.
func Cut[T any](all []T, page db.Page) []T {
	from := min(page.Start, len(all))
	return all[from:min(from+page.Limit, len(all))]
}
