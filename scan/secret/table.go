package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// maxColumnsTable bounds the columns of a table that are looked at.
const maxColumnsTable = 256

// column is a column of a table whose name promises a secret. Its number counts from 0.
type column struct {
	number int
	name   []byte
	// start is where the name stands.
	start int
}

// table reads the columns for passwords, keys and tokens of a file of comma-separated values (RFC 4180), as password
// managers and browsers export them. The names stand on the first line; semicolons, tabs and bars separate as well as commas.
func (t *names) table() {
	header := ascii.LineEnd(t.data, 0, maxLine)
	if header == len(t.data) {
		return
	}
	separator := separatorOf(t.data[:header])
	if separator == 0 {
		return
	}
	var columns []column
	at, number := 0, 0
	for at < header && number < maxColumnsTable {
		field, next := t.field(at, separator)
		name := bytes.TrimSpace(field.of(t.data))
		if len(name) > maxName || field.end > header {
			return
		}
		if looks.ClassifyName(name) != looks.NameOther {
			columns = append(columns, column{number, name, field.start})
		}
		at, number = next, number+1
		if next > 0 && t.data[next-1] != separator {
			break
		}
	}
	if len(columns) > 0 {
		t.rows(header+1, separator, columns)
	}
}

// separatorOf gives the sign that separates the names on the first line of a table; 0 when none does.
func separatorOf(header []byte) byte {
	best, most := byte(0), 0
	for _, separator := range []byte(",;\t|") {
		if n := bytes.Count(header, []byte{separator}); n > most {
			best, most = separator, n
		}
	}
	return best
}

// rows judges the fields of the columns in each row.
func (t *names) rows(at int, separator byte, columns []column) {
	for at < len(t.data) && !t.found.full() {
		next := 0
		for number := 0; number <= columns[len(columns)-1].number; number++ {
			field, end := t.field(at, separator)
			for i := range columns {
				if c := &columns[i]; c.number == number && field.end > field.start {
					t.judgeAssignment(c.name, c.start, opAssign, field)
				}
			}
			next = end
			if end == 0 || t.data[end-1] != separator {
				break
			}
			at = end
		}
		if next < len(t.data) && t.data[next-1] == separator {
			next = ascii.LineEnd(t.data, next, len(t.data)) + 1
		}
		at = max(next, at+1)
	}
}

// pairInTable judges the field behind one that is a name in whole: a table of settings holds names and values.
func (t *names) pairInTable(name []byte, first, last int) {
	data := t.data
	if first > 0 && ascii.IsQuote(data[first-1]) {
		first, last = first-1, last+1
	}
	if last >= len(data) || bytes.IndexByte([]byte(",;\t|"), data[last]) < 0 || ascii.LineStart(data, first, maxLine) == 0 ||
		first > 0 && data[first-1] != data[last] && data[first-1] != '\n' {
		return
	}
	if field, _ := t.field(last+1, data[last]); field.end > field.start {
		t.judgeAssignment(name, first, opAssign, field)
	}
}

// field reads one field from an offset, and gives the offset behind the separator or the end of the line that ends it.
func (t *text) field(at int, separator byte) (value, int) {
	data := t.data
	if at < len(data) && data[at] == '"' {
		end := at + 1
		for end < len(data) && (data[end] != '"' || end+1 < len(data) && data[end+1] == '"') && end-at < maxSpan {
			if data[end] == '"' {
				end++
			}
			end++
		}
		v := value{start: at + 1, end: min(end, len(data)), whole: true}
		v.decoded = t.decode(data[v.start:v.end], '"')
		next := end + 1
		for next < len(data) && data[next] != separator && data[next] != '\n' {
			next++
		}
		return v, min(next+1, len(data))
	}
	end := at
	for end < len(data) && data[end] != separator && data[end] != '\n' {
		end++
	}
	v := value{start: at, end: end, bare: true, whole: true}
	for v.end > v.start && data[v.end-1] == '\r' {
		v.end--
	}
	return v, min(end+1, len(data))
}

// maxSpan bounds a quoted field of a table, which may hold line ends, in bytes.
const maxSpan = 4096
