package format

import (
	"bufio"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
)

var csvHeader = []string{
	"severity", "confidence", "engine", "rule", "title", "path", "line", "column", "end line", "new", "suppressed", "reason",
	"commit", "fingerprint", "excerpt", "link", "package", "version", "fixed in", "advisories",
}

// writeCSV writes one row per finding, following RFC 4180: CRLF, and quotes where needed. Cells contain one line of
// visible text.
func writeCSV(w *bufio.Writer, r *scan.Result, _ Options) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(csvHeader); err != nil {
		return err
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		suppressed, reason := "", ""
		if f.Suppression != nil {
			suppressed, reason = f.Suppression.Kind, f.Suppression.Reason
		}
		row := []string{
			f.Severity.String(), f.Confidence.String(), string(f.Engine), f.RuleID, f.Title, f.Path,
			number(f.StartLine), number(f.StartColumn), number(f.EndLine), yes(f.New), suppressed, reason,
			f.Commit, f.Fingerprint, f.Excerpt, weblink.Safe(f.Link), "", "", "", "",
		}
		if d := f.Dependency; d != nil {
			copy(row[len(row)-4:], []string{d.Package.Name, d.Package.Version, d.Fix, strings.Join(d.IDs, " ")})
		}
		for i, cell := range row {
			row[i] = inert(cell)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// inert keeps a spreadsheet from treating a cell as a formula: it puts an apostrophe before text that begins like a
// formula, even after spaces (OWASP, CSV injection). Control characters are escaped afterwards.
func inert(cell string) string {
	first := strings.TrimLeft(cell, " ")
	cell = display.Escape(cell)
	if first != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", []rune(first[:min(len(first), 4)])[0]) {
		return "'" + cell
	}
	return cell
}

func number(n int) string {
	if n < 1 {
		return ""
	}
	return strconv.Itoa(n)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
