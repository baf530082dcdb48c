package notation

import "bytes"

// maxSpan bounds a quoted field of a table in bytes. It may contain line ends.
const maxSpan = 4096

// SeparatorOf returns the sign that separates the names on the first line of a table; 0 when there is none.
func SeparatorOf(header []byte) byte {
	best, most := byte(0), 0
	for _, separator := range []byte(",;\t|") {
		if n := bytes.Count(header, []byte{separator}); n > most {
			best, most = separator, n
		}
	}
	return best
}

// Field reads one field of a table, and returns the offset behind the separator or the line end that follows it.
func (t *Text) Field(at int, separator byte) (Value, int) {
	data := t.Data
	if at < len(data) && data[at] == '"' {
		end := at + 1
		for end < len(data) && (data[end] != '"' || end+1 < len(data) && data[end+1] == '"') && end-at < maxSpan {
			if data[end] == '"' {
				end++
			}
			end++
		}
		v := Value{Start: at + 1, End: min(end, len(data)), Whole: true}
		v.Decoded = t.decode(data[v.Start:v.End], '"')
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
	v := Value{Start: at, End: end, Bare: true, Whole: true}
	for v.End > v.Start && data[v.End-1] == '\r' {
		v.End--
	}
	return v, min(end+1, len(data))
}
