package main

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// opened is what users saw of a page: of all addresses that were opened of it, the slowest. alone is the fastest view while
// nobody else clicked.
type opened struct {
	alone, median, late time.Duration
	bytes, requests     int
}

// summary is what users saw of each page on each database, in the order of the databases.
type summary map[string][]opened

var (
	names = strings.NewReplacer("P007", "PROJECT", "P008", "PROJECT", "repo-00007", "REPOSITORY", "repo-00008", "REPOSITORY")
	ids   = regexp.MustCompile(`/[0-9A-Z]*[0-9][0-9A-Z]*$`)
)

// pageOf names the page of an address: its route, and whether it searches by a part of a text.
func pageOf(address string) string {
	path, query, _ := strings.Cut(address, "?")
	page := ids.ReplaceAllString(names.Replace(path), "/ID")
	for _, name := range []string{"name=", "path=", "author=", "object="} {
		if strings.HasPrefix(query, name) && path != "/" {
			return page + ", search"
		}
	}
	return page
}

// add adds what users saw on the n-th database. costs and saw belong to clicks; saw is sorted by time.
func (s summary) add(n int, costs []cost, saw [][]seen) {
	for i, c := range clicks {
		if strings.HasPrefix(c.path, "/rest/") || c.status() != 200 || len(saw[i]) == 0 {
			continue
		}
		page := pageOf(c.path)
		for len(s[page]) <= n {
			s[page] = append(s[page], opened{})
		}
		o, k := &s[page][n], len(saw[i])
		o.alone = max(o.alone, costs[i].fastest)
		o.median, o.late = max(o.median, saw[i][k/2].took), max(o.late, saw[i][k*95/100].took)
		o.bytes, o.requests = max(o.bytes, saw[i][k-1].bytes), max(o.requests, saw[i][k-1].requests)
	}
}

// write writes a table with a row for each page, for docs/measurements.md.
func (s summary) write(out io.Writer, databases []string) error {
	_, _ = fmt.Fprintf(out, "\n| Page | Requests | KB |%s\n|---|---|---|%s\n", strings.Repeat(" Alone; median, 95 %, ms |", len(databases)), strings.Repeat("---|", len(databases)))
	for _, page := range slices.Sorted(maps.Keys(s)) {
		requests, bytes := 0, 0
		row := ""
		for _, o := range s[page] {
			requests, bytes = max(requests, o.requests), max(bytes, o.bytes)
			row += fmt.Sprintf(" %.0f; %.0f, %.0f |", ms(o.alone), ms(o.median), ms(o.late))
		}
		if _, err := fmt.Fprintf(out, "| %s | %d | %d |%s\n", page, requests, bytes/1000, row); err != nil {
			return err
		}
	}
	return nil
}
