package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// put stores a result with a finding at each path, of each person in turn.
func put(t *testing.T, s *store.Store, j *queue.Job, paths []string, people ...findings.Origin) {
	t.Helper()
	o := findings.Outcome{State: queue.Succeeded, Commit: j.Head, Origins: map[int]findings.Origin{}, Hash: hash}
	for i, path := range paths {
		o.Findings = append(o.Findings, secret(fmt.Sprintf("f-%d", i), path, scan.Severities[i%len(scan.Severities)]))
		if len(people) > 0 {
			o.Origins[i] = people[i%len(people)]
		}
	}
	require.NoError(t, s.Findings.Finish(t.Context(), j, &o))
}

// TestSearchesFindWhatIsThere: a search among all findings finds by path and author what a search of the repository finds
// and what a comparison with each path finds, in every order, for few and for many matches.
func TestSearchesFindWhatIsThere(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=a1"))
		numbers := ""
		for n := range 300 {
			numbers += fmt.Sprintf("%03d/", n)
		}
		paths := []string{
			"a", "ab", "Abc", `quo"te/"".env`, "100%_sure.env", "100-percent.env", `back\slash`, "Grüße/ÄRGER.txt", "日本/語.txt", "日本", "x AND y OR z", "NOT(near)*^:", "aaaaaa", "\U0001f600/\U0001f601\U0001f602.txt",
			"src/İstanbul.go", "tab\there", strings.Repeat("long/", 200) + "end.go", "-", "'; drop table found_path; --", numbers,
		}
		for n := range 4100 {
			paths = append(paths, fmt.Sprintf("zoo/zoo-%d", n))
		}
		_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		put(t, s, claim(t, s), paths, findings.Origin{Commit: "c", Author: "Ada Lovelace", Email: "ada@example.com", At: time.Now()}, findings.Origin{}, findings.Origin{Commit: "c", Author: `O'Hara "%"`, Email: "o_hara@example.com"})
		api, err := s.Catalog.Repository(t.Context(), everything, "PAY", "api")
		require.NoError(t, err)
		found := func(v *scope.Visible, f findings.Filter) (list []string) {
			t.Helper()
			rows, err := s.Findings.List(t.Context(), v, f, 5000)
			require.NoError(t, err)
			for i := range rows {
				list = append(list, rows[i].Path)
			}
			return list
		}
		for _, text := range []string{
			"a", "A", "b", "ab", "bc", "abc", "ABC", `"`, `""`, `e"t`, `/"".`, "%", "%_", "0%_", "_", "100", "100_", "0-p", `\`, `k\s`, "Gr", "üße", "grüße", "語", "日本", "日本/", "本/語", " AND ", "and", "not(", "*^:", "aaaa", "aaaaaaa",
			"\U0001f600", "\U0001f600/\U0001f601", "stan", "tab\t", strings.Repeat("long/", 100), numbers, numbers[4:], numbers + "x", "-", "--", "; --", "zoo", "zoo-40", "zoo-409", "nowhere", "zz", "m-1 ", "found_path",
		} {
			var want []string
			for _, path := range paths {
				if strings.Contains(strings.ToLower(path), strings.ToLower(text)) {
					want = append(want, path)
				}
			}
			for _, order := range []findings.Order{findings.ByID, findings.Newest, findings.Oldest, findings.Severest} {
				all := found(everything, findings.Filter{Path: text, Order: order})
				require.Equal(t, found(everything, findings.Filter{Path: text, Order: order, Repository: api.ID}), all, "%q", text)
				if order == findings.ByID {
					slices.Sort(all)
					slices.Sort(want)
					require.Equal(t, want, all, "%q", text)
				}
			}
			require.Empty(t, found(&scope.Visible{}, findings.Filter{Path: text}), "%q", text)
		}
		ada, hara := (len(paths)+2)/3, len(paths)/3
		for text, want := range map[string]int{"lovelace": ada, "ADA@": ada, "a l": ada, "o'hara": hara, `"%"`: hara, "o_hara": hara, "o-hara": 0, "example.com": ada + hara, "nobody": 0, "": len(paths)} {
			require.Equal(t, want, len(found(everything, findings.Filter{Author: text})), text) //nolint:testifylint // the list is long
		}
		require.Equal(t, []string{"Abc"}, found(everything, findings.Filter{Path: "bc", Author: "hara"}))
		require.Empty(t, found(everything, findings.Filter{Path: "bc", Author: "ada"}))
	})
}

// TestPathsAndAuthorsThatNobodyHasAreForgotten, once no branch has them, and return with the next result that does.
func TestPathsAndAuthorsThatNobodyHasAreForgotten(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		set(t, s, map[*settings.Known]string{settings.KeepResults: "1"})
		listed(t, s, project("PAY", "api: main=a1 dev=b1"))
		ada, bob := findings.Origin{Commit: "c", Author: "Ada", Email: "ada@example.com"}, findings.Origin{Commit: "d", Author: "Bob", Email: "bob@example.com"}
		rows := func() (list []string) {
			t.Helper()
			_, err := s.Retention.Purge(t.Context(), time.Now())
			require.NoError(t, err)
			require.NoError(t, db.Each(t.Context(), s.Read, "select path from found_path union all select name from found_author order by 1", nil, func(row *sql.Rows) error {
				var text string
				err := row.Scan(&text)
				list = append(list, text)
				return err
			}))
			return list
		}
		results := func(main, dev []string, people ...findings.Origin) {
			t.Helper()
			_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
			require.NoError(t, err)
			for range 2 {
				j := claim(t, s)
				put(t, s, j, map[string][]string{"main": main, "dev": dev}[j.Branch], people...)
			}
		}
		search := func(path string) int {
			t.Helper()
			list, err := s.Findings.List(t.Context(), everything, findings.Filter{Path: path}, 10)
			require.NoError(t, err)
			return len(list)
		}
		results([]string{"one.env", "two.env"}, []string{"one.env"}, ada, bob)
		require.Equal(t, []string{"Ada", "Bob", "one.env", "two.env"}, rows())
		results([]string{"one.env"}, []string{"one.env"}, ada)
		require.Equal(t, []string{"Ada", "one.env"}, rows())
		require.Zero(t, search("two"))
		results([]string{"one.env", "two.env"}, nil, ada, bob)
		require.Equal(t, 1, search("two"))
		require.Equal(t, []string{"Ada", "Bob", "one.env", "two.env"}, rows())
	})
}
