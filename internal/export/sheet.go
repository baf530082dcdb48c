package export

import (
	"encoding/csv"
	"io"
	"strings"
)

// sheet writes CSV for spreadsheets. It uses encoding/csv, which turns every line end in a cell into CR LF. Package reviews
// has a writer of its own, because its files are imported again and must keep each byte.
type sheet struct {
	csv *csv.Writer
	// flush sends what was written so far. Its error ends the file.
	flush func() error
}

// newSheet starts a file with its header.
func newSheet(w io.Writer, flush func() error, columns []string) *sheet {
	s := &sheet{csv.NewWriter(w), flush}
	s.csv.UseCRLF = true
	// The next flush reports an error.
	_ = s.csv.Write(columns)
	return s
}

// write writes a row. A cell that a spreadsheet would read as a formula gets a quote in front.
func (s *sheet) write(cells []string) error {
	for i, text := range cells {
		if text != "" && strings.IndexByte("=+-@\t\r\n", text[0]) >= 0 {
			cells[i] = "'" + text
		}
	}
	return s.csv.Write(cells)
}

// send sends what was written so far. The client sees the first rows early, and a disconnected client ends the file.
func (s *sheet) send() error {
	s.csv.Flush()
	if err := s.csv.Error(); err != nil {
		return err
	}
	return s.flush()
}
