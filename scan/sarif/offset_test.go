package sarif_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

func TestReadOffsetsAsLines(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.txt": "ab\ncd\n𝄞x\nlast", "crlf.txt": "ab\r\ncd\r\n", "mark.txt": "\xef\xbb\xbfab\ncd\n", "empty.txt": "", "long.txt": "a\n" + fmt.Sprintf("%070000d", 1) + "b\nc"}
	tree := &sarif.Tree{Read: func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("there is none")
	}}
	for name := range files {
		tree.Paths = append(tree.Paths, name)
	}
	for name, c := range map[string]struct {
		file, kind, region string
		want               scan.Position
	}{
		"the first character":       {"a.txt", "", `"charOffset":0,"charLength":1`, scan.Position{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 2}},
		"a later line":              {"a.txt", "", `"charOffset":4,"charLength":1`, scan.Position{StartLine: 2, StartColumn: 2, EndLine: 2, EndColumn: 3}},
		"two lines":                 {"a.txt", "", `"charOffset":1,"charLength":3`, scan.Position{StartLine: 1, StartColumn: 2, EndLine: 2, EndColumn: 2}},
		"no length":                 {"a.txt", "", `"charOffset":3`, scan.Position{StartLine: 2, StartColumn: 1, EndLine: 2}},
		"behind a surrogate pair":   {"a.txt", "utf16CodeUnits", `"charOffset":8,"charLength":1`, scan.Position{StartLine: 3, StartColumn: 3, EndLine: 3, EndColumn: 4}},
		"in code points":            {"a.txt", "unicodeCodePoints", `"charOffset":7,"charLength":1`, scan.Position{StartLine: 3, StartColumn: 3, EndLine: 3, EndColumn: 4}},
		"in bytes":                  {"a.txt", "", `"byteOffset":10,"byteLength":1`, scan.Position{StartLine: 3, StartColumn: 3, EndLine: 3, EndColumn: 4}},
		"with carriage returns":     {"crlf.txt", "", `"charOffset":4,"charLength":2`, scan.Position{StartLine: 2, StartColumn: 1, EndLine: 2, EndColumn: 3}},
		"behind a byte order mark":  {"mark.txt", "", `"charOffset":3,"charLength":1`, scan.Position{StartLine: 2, StartColumn: 1, EndLine: 2, EndColumn: 2}},
		"the end of the file":       {"a.txt", "", `"charOffset":10,"charLength":4`, scan.Position{StartLine: 4, StartColumn: 1, EndLine: 4}},
		"a very long line":          {"long.txt", "", `"charOffset":70000,"charLength":1`, scan.Position{StartLine: 2, StartColumn: 1, EndLine: 2}},
		"a line wins":               {"a.txt", "", `"charOffset":0,"startLine":3`, scan.Position{StartLine: 3, StartColumn: 1, EndLine: 3}},
		"behind the end":            {"a.txt", "", `"charOffset":400,"charLength":1`, scan.Position{}},
		"length behind the end":     {"a.txt", "", `"charOffset":10,"charLength":400`, scan.Position{StartLine: 4, StartColumn: 1, EndLine: 4}},
		"a negative one":            {"a.txt", "", `"charOffset":-1,"charLength":1`, scan.Position{}},
		"of an empty file":          {"empty.txt", "", `"charOffset":0`, scan.Position{StartLine: 1, StartColumn: 1, EndLine: 1}},
		"of a file that is missing": {"none.txt", "", `"charOffset":0`, scan.Position{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs := read(t, `{"version":"2.1.0","runs":[{"columnKind":"`+c.kind+`","tool":{},"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"`+
				c.file+`"},"region":{`+c.region+`}}}]}]}]}`, sarif.ReadOptions{Tree: tree})
			f := runs[0].Result.Findings[0]
			require.Equal(t, c.file, f.Path)
			require.Equal(t, c.want, f.Position)
		})
	}
}
