package findings

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Each path and each author of an occurrence has one row in a table of its own, however many findings are there. A search
// by a part of a path or of a person's name looks through these tables first.

// maxCandidates is up to how many occurrences a search starts from what it looks for. With more, it starts from the
// findings in the order of the list: then matches come soon. With a million findings both take as long at this number.
const maxCandidates = 4000

// maxNear is up to how many visible repositories a search reads the findings of each, instead of all in the order of the list.
const maxNear = 200

// searchChunk limits the rows of one insert. SQLite searches all parameters for each numbered one.
const searchChunk = 50

// person is an author as an occurrence has it.
type person struct{ name, email string }

// searched are the paths and authors of the occurrences that a result adds.
type searched struct {
	paths   map[string]bool
	authors map[person]bool
}

func (w *searched) add(path, author, email string) {
	w.paths[path] = true
	if author != "" || email != "" {
		w.authors[person{author, email}] = true
	}
}

// save adds those that are new. Transactions that add the same ones wait for each other in the same order.
func (w *searched) save(ctx context.Context, tx *sql.Tx, d *db.DB) error {
	add := func(statement string, columns int, rows [][]any) error {
		id := d.NextIDs(len(rows))
		return db.Chunks(rows, searchChunk, func(part [][]any) error {
			var args []any
			for _, row := range part {
				args = append(append(args, id), row...)
				id++
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf(statement, rowsOf(len(part), columns)), args...)
			return err
		})
	}
	var paths, authors [][]any
	for _, path := range slices.Sorted(maps.Keys(w.paths)) {
		paths = append(paths, []any{path})
	}
	if err := add("insert into found_path (id, path) values %s on conflict (path) do nothing", 2, paths); err != nil {
		return err
	}
	for _, p := range slices.SortedFunc(maps.Keys(w.authors), func(a, b person) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.email, b.email))
	}) {
		authors = append(authors, []any{p.name, p.email})
	}
	return add("insert into found_author (id, name, email) values %s on conflict (name, email) do nothing", 3, authors)
}

// rowsOf writes the places of the arguments of rows: ($1,$2),($3,$4).
func rowsOf(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i%columns > 0:
			b.WriteByte(',')
		case i > 0:
			b.WriteString("),(")
		default:
			b.WriteByte('(')
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// maxParts limits the parts of a condition: FTS5 refuses one of more than 256. The paths that it finds are compared with the
// whole text.
const maxParts = 50

// parts writes the parts of three characters of a text as a condition of SQLite's index; empty for a shorter text.
func parts(text string) string {
	runes := []rune(strings.ToLower(text))
	var list []string
	for i := range len(runes) - 2 {
		list = append(list, `"`+strings.ReplaceAll(string(runes[i:i+3]), `"`, `""`)+`"`)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return strings.Join(list[:min(len(list), maxParts)], " AND ")
}

// candidates returns the findings that something has that few findings have and that the filter asks for: a state, a
// rule, a path, or an author. few is false if there is no such thing, or the filter asks for one place.
func (s *Findings) candidates(ctx context.Context, f *Filter) (ids []int64, few bool, err error) {
	if !f.everywhere() {
		return nil, false, nil
	}
	try := func(query string, args []any) {
		if few || err != nil {
			return
		}
		if ids, err = db.IDs(ctx, s.db.Read, fmt.Sprintf("%s limit %d", query, maxCandidates+1), args...); len(ids) <= maxCandidates {
			few = true
		}
	}
	if f.State != nil && *f.State != Open {
		try("select x.id from finding x where x.state <> 0 and x.state = $1", []any{int(*f.State)})
	}
	if f.Rule != "" {
		try(fmt.Sprintf("select x.id from finding x where "+ofRule("x"), 1), []any{f.Rule})
	}
	if f.Path != "" {
		try(s.atPath(f.Path))
	}
	if f.Author != "" {
		try(s.ofAuthor(f.Author))
	}
	if err != nil || !few {
		return nil, false, err
	}
	slices.Sort(ids)
	return slices.Compact(ids), true, nil
}

// near adds to the condition of a search, of which the candidates are many, that the findings are in the few repositories
// that the caller sees. PostgreSQL knows that without being told, but would rather read all findings than jump between
// those; it expects an array of unknown length to be short, and so uses the index.
func (s *Findings) near(ctx context.Context, v *scope.Visible, f *Filter, where string) (string, error) {
	if v.All || !s.db.Postgres || !f.everywhere() || f.Path == "" && f.Author == "" {
		return where, nil
	}
	visible := "select w.id from repository w where w.removed_at is null and " + v.Condition("w.id", "w.project_id")
	ids, err := db.IDs(ctx, s.db.Read, fmt.Sprintf("%s limit %d", visible, maxNear+1))
	if err == nil && len(ids) <= maxNear {
		where += " and x.repository_id = any(array(" + visible + "))"
	}
	return where, err
}

// The join fixes its order on SQLite, which guesses that a search by a part finds much, and would read all occurrences
// (https://sqlite.org/optoverview.html#crossjoin).

// atPath selects the findings of the occurrences whose path has a part.
func (s *Findings) atPath(text string) (query string, args []any) {
	from, part := "found_path d", ""
	args = []any{db.Like(text)}
	if utf8.RuneCountInString(text) >= 3 {
		if s.db.Postgres {
			part = " and text_parts(d.path) @> text_parts($2)"
			args = append(args, strings.ToLower(text))
		} else {
			from, part = "found_path_part t cross join "+from, " and t.found_path_part match $2 and d.id = t.rowid"
			args = append(args, parts(text))
		}
	}
	return "select y.finding_id from " + from + " cross join occurrence y where y.path = d.path and " + s.db.Has("d.path", 1) + part, args
}

// ofAuthor selects the findings of the occurrences of authors whose name or address has a part.
func (s *Findings) ofAuthor(text string) (query string, args []any) {
	return "select y.finding_id from found_author d cross join occurrence y where y.author_email = d.email and y.author = d.name and (" + s.db.Has("d.name", 1) + " or " + s.db.Has("d.email", 1) + ")", []any{db.Like(text)}
}
