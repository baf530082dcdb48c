package reviewed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// MaxFile limits a file of reviewed texts, in bytes.
const MaxFile = 5 << 20

// maxCSVRows limits its rows.
const maxCSVRows = 100_000

// csvRow is a row and the line on which it begins, counted from 1.
type csvRow struct {
	line  int
	cells []string
}

// errCSVRows means that there are too many rows.
var errCSVRows = fmt.Errorf("more than %d rows", maxCSVRows)

// readCSV reads RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180). Unlike encoding/csv it keeps a carriage return within
// quotes: keys contain them, and a text without them is a different text. It skips empty lines. Errors name the line and
// never quote it.
func readCSV(data []byte) ([]csvRow, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	var rows []csvRow
	line := 1
	for at := 0; at < len(data); {
		row := csvRow{line: line}
		for more := true; more; {
			var cell string
			var err error
			if cell, at, more, err = readCell(data, at, &line); err != nil {
				return nil, fmt.Errorf("line %d: %w", row.line, err)
			}
			row.cells = append(row.cells, cell)
		}
		if len(row.cells) == 1 && row.cells[0] == "" {
			continue
		}
		// One more for the header.
		if len(rows) > maxCSVRows {
			return nil, errCSVRows
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// readCell reads a cell and the character that ends it. more says whether another cell follows in the row.
func readCell(data []byte, at int, line *int) (cell string, next int, more bool, err error) {
	if at == len(data) || data[at] != '"' {
		end := bytes.IndexAny(data[at:], ",\n")
		if end < 0 {
			end = len(data) - at
		}
		text := data[at : at+end]
		next = at + end
		if next < len(data) && data[next] == '\n' || next == len(data) {
			text = bytes.TrimSuffix(text, []byte("\r"))
		}
		if bytes.IndexByte(text, '"') >= 0 {
			return "", 0, false, errors.New(`a quote inside a cell without quotes around it; write such cells as "a ""word"" b"`)
		}
		cell = string(text)
	} else {
		var b strings.Builder
		for at++; ; {
			end := bytes.IndexByte(data[at:], '"')
			if end < 0 {
				return "", 0, false, errors.New("a quote is not closed")
			}
			b.Write(data[at : at+end])
			at += end + 1
			if at == len(data) || data[at] != '"' {
				break
			}
			b.WriteByte('"')
			at++
		}
		cell, next = b.String(), at
		*line += strings.Count(cell, "\n")
		if bytes.HasPrefix(data[next:], []byte("\r\n")) || next+1 == len(data) && data[next] == '\r' {
			next++
		}
		if next < len(data) && data[next] != ',' && data[next] != '\n' {
			return "", 0, false, errors.New("text after a closing quote")
		}
	}
	if !db.Plain(cell) {
		return "", 0, false, errors.New("it is not UTF-8, or contains a NUL character")
	}
	if next == len(data) {
		return cell, next, false, nil
	}
	if data[next] == '\n' {
		*line++
	}
	return cell, next + 1, data[next] == ',', nil
}

// writeCSV writes a row that readCSV reads back byte for byte. encoding/csv, which writes the reports of findings, cannot
// do that: with CR LF as the line end it changes carriage returns and line feeds within cells.
//
// A cell that a spreadsheet would read as a formula gets an apostrophe in front. So does a cell that already looks
// escaped. unescapeCell removes the apostrophe.
func writeCSV(w io.Writer, cells ...string) error {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		cell = escapeCell(cell)
		if strings.ContainsAny(cell, ",\"\r\n") || len(cells) == 1 && cell == "" {
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		} else {
			b.WriteString(cell)
		}
	}
	b.WriteString("\r\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// formulaStarts are the characters that start a formula in spreadsheets, and the apostrophe that prevents one.
const formulaStarts = "=+-@\t\r'"

func escapeCell(cell string) string {
	if cell != "" && strings.IndexByte(formulaStarts, cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

func unescapeCell(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte(formulaStarts, cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}
