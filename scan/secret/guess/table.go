package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// maxColumnsTable is how many columns of a table are read.
const maxColumnsTable = 256

// column is a column of a table whose name promises a secret. Columns count from 0.
type column struct {
	number int
	name   []byte
	// start is the offset of the name.
	start int
}

// Table reads the columns for passwords, keys and tokens of a file of comma-separated values (RFC 4180), as password
// managers and browsers export them. The names are on the first line. Semicolons, tabs and bars separate as well as
// commas.
func (t *Names) Table() {
	header := ascii.LineEnd(t.Data, 0, page.MaxLine)
	if header == len(t.Data) {
		return
	}
	separator := notation.SeparatorOf(t.Data[:header])
	if separator == 0 {
		return
	}
	var columns []column
	at, number := 0, 0
	for at < header && number < maxColumnsTable {
		field, next := t.Field(at, separator)
		name := bytes.TrimSpace(field.Of(t.Data))
		if len(name) > notation.MaxName || field.End > header {
			return
		}
		if looks.ClassifyName(name) != looks.NameOther {
			columns = append(columns, column{number, name, field.Start})
		}
		at, number = next, number+1
		if next > 0 && t.Data[next-1] != separator {
			break
		}
	}
	if len(columns) > 0 {
		t.rows(header+1, separator, columns)
	}
}

// rows judges the fields of the columns in each row.
func (t *Names) rows(at int, separator byte, columns []column) {
	for at < len(t.Data) && !t.found.Full() {
		next := 0
		for number := 0; number <= columns[len(columns)-1].number; number++ {
			field, end := t.Field(at, separator)
			for i := range columns {
				if c := &columns[i]; c.number == number && field.End > field.Start {
					t.judgeAssignment(c.name, c.start, notation.OpAssign, field)
				}
			}
			next = end
			if end == 0 || t.Data[end-1] != separator {
				break
			}
			at = end
		}
		if next < len(t.Data) && t.Data[next-1] == separator {
			next = ascii.LineEnd(t.Data, next, len(t.Data)) + 1
		}
		at = max(next, at+1)
	}
}

// pairInTable judges the field behind a field that is a name: a table of settings holds names and values.
func (t *Names) pairInTable(name []byte, first, last int) {
	data := t.Data
	if first > 0 && ascii.IsQuote(data[first-1]) {
		first, last = first-1, last+1
	}
	if last >= len(data) || bytes.IndexByte([]byte(",;\t|"), data[last]) < 0 || ascii.LineStart(data, first, page.MaxLine) == 0 ||
		first > 0 && data[first-1] != data[last] && data[first-1] != '\n' {
		return
	}
	if field, _ := t.Field(last+1, data[last]); field.End > field.Start {
		t.judgeAssignment(name, first, notation.OpAssign, field)
	}
}
