package reviewed

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/reviews"
)

func TestFilesOfReviews(t *testing.T) {
	t.Parallel()
	texts := func(list []reviews.NewReview) (out []string) {
		for _, r := range list {
			out = append(out, r.Text+"|"+r.Rule+"|"+r.Comment)
		}
		return out
	}
	for file, want := range map[string][]string{
		"canary":                      {"canary||"},
		"canary,RSA\r\n\r\nother\r\n": {"canary|RSA|", "other||"},
		"\uFEFFmatch_text\ncanary\n":  {"canary||"},
		"Rule , MATCH_TEXT,comment\nR,\"a,\"\"b\"\"\r\nc\",why\n": {"a,\"b\"\r\nc|R|why"},
		"'=1+1,'-R\n''=2\n'quoted'\n=3":                           {"=1+1|-R|", "'=2||", "'quoted'||", "=3||"},
		"scope,match_text,expires_at\nglobal,a,2030-01-01\n,b,":   {"a||", "b||"},
		"\"canary\"\r": {"canary||"},
	} {
		list, err := Parse([]byte(file))
		require.NoError(t, err, file)
		require.Equal(t, want, texts(list), file)
	}
	for file, want := range map[string]string{
		"":                                    "it is empty",
		"canary\n\"can\"ary\n":                "line 2: text after a closing quote",
		"ok\ncan\"ary":                        "line 2: a quote inside a cell",
		"\"canary":                            "line 1: a quote is not closed",
		"canary,R,third":                      "it has 3 cells",
		"match_text\n\"a\nb\"\ncanary,R\n":    "line 4: it has 2 cells",
		"match_text,expires_at\ncanary,now":   "line 2: expires_at: it is not an ISO 8601 date",
		"rule,match_text\nR\n":                "line 2: the text is missing",
		"scope,match_text\nREPOSITORY,canary": "line 2: its scope is REPOSITORY, but project_key or repository is empty", "scope,match_text\nPROJECT,canary": "its scope is neither",
		"\xff\xfec\x00a\x00":                "it is not UTF-8",
		strings.Repeat("a\n", maxCSVRows+1): "more than 100000 rows",
	} {
		_, err := Parse([]byte(file))
		require.Error(t, err, want)
		text := err.Error()
		require.Contains(t, text, want)
		require.NotContains(t, text, "canary", "nothing of the file is quoted")
	}
	list, err := Parse([]byte("match_text\n" + strings.Repeat("a\n", maxCSVRows)))
	require.NoError(t, err)
	require.Len(t, list, maxCSVRows)
}

// FuzzCSV: what is written is read back byte for byte, and no input breaks the reader.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"", "a,b\r\nc", "\"a\r\n\"\"b\"", "'=x\n", "match_text,rule\nx,y\n", "\uFEFFa", "\"", "a\"", "\r\r\n"} {
		f.Add([]byte(seed), seed)
	}
	f.Fuzz(func(t *testing.T, file []byte, cell string) {
		if rows, err := readCSV(file); err == nil {
			for _, row := range rows {
				require.NotEmpty(t, row.cells)
				for _, c := range row.cells {
					require.True(t, utf8.ValidString(c))
				}
			}
		}
		if list, err := Parse(file); err == nil {
			for _, r := range list {
				require.NotEmpty(t, r.Text)
			}
		}
		if !utf8.ValidString(cell) {
			return
		}
		var b bytes.Buffer
		require.NoError(t, writeCSV(&b, "scope", "match_text"))
		require.NoError(t, writeCSV(&b, "GLOBAL", cell))
		rows, err := readCSV(b.Bytes())
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, cell, unescapeCell(rows[1].cells[1]))
		if cell != "" && !strings.ContainsAny(rows[1].cells[1][:1], "'\"") {
			require.NotContains(t, "=+-@\t\r", rows[1].cells[1][:1], "no formula")
		}
	})
}
