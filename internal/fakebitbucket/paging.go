package fakebitbucket

import (
	"net/http"
	"net/url"
	"strconv"
)

const (
	defaultPagelen = 10
	maxPagelen     = 100
)

// page returns one page of rows as Cloud does. Links are absolute and begin with the configured base, whatever the host
// of the request.
func (s *Server) page(c *call, rows []any) Answer {
	query := c.URL.Query()
	number, okPage := positive(query.Get("page"), 1)
	length, okLength := positive(query.Get("pagelen"), defaultPagelen)
	if okLength && length > maxPagelen {
		length, okLength = maxPagelen, s.config.behaviour.PagelenClamped
	}
	switch {
	case !okPage:
		return envelope(http.StatusBadRequest, "Invalid page", nil)
	case !okLength:
		return envelope(http.StatusBadRequest, "Invalid pagelen", nil)
	}

	from := min((number-1)*length, len(rows))
	to := min(from+length, len(rows))
	link := func(number int) string {
		query := cloneQuery(query)
		query.Set("page", strconv.Itoa(number))
		query.Set("pagelen", strconv.Itoa(length))
		return s.config.linkBase + c.URL.EscapedPath() + "?" + query.Encode()
	}
	body := struct {
		Page     int    `json:"page"`
		Pagelen  int    `json:"pagelen"`
		Size     int    `json:"size"`
		Values   []any  `json:"values"`
		Next     string `json:"next,omitempty"`
		Previous string `json:"previous,omitempty"`
	}{Page: number, Pagelen: length, Size: len(rows), Values: append([]any{}, rows[from:to]...)}
	if to < len(rows) {
		body.Next = link(number + 1)
	}
	if number > 1 {
		body.Previous = link(number - 1)
	}
	return jsonAnswer(http.StatusOK, body)
}

func cloneQuery(query url.Values) url.Values {
	clone := url.Values{}
	for name, values := range query {
		clone[name] = values
	}
	return clone
}

// positive parses a number from 1 on; empty means fallback.
func positive(text string, fallback int) (int, bool) {
	if text == "" {
		return fallback, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n < 1<<20
}
