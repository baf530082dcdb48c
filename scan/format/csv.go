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
	"commit", "fingerprint", "excerpt", "link", "package", "version", "fixed in", "advisories", "source", "steps",
}

// writeCSV writes one row per finding, and then one without a severity for whatever makes the scan incomplete, so that
// an incomplete scan never looks like a clean one. It follows RFC 4180: CRLF, and quotes where needed. Cells contain one
// line of visible text.
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
		source, steps := csvFlow(f)
		row := []string{
			f.Severity.String(), f.Confidence.String(), string(f.Engine), f.RuleID, f.Title, f.Path,
			number(f.StartLine), number(f.StartColumn), number(f.EndLine), yes(f.New), suppressed, reason,
			f.Commit, f.Fingerprint, f.Excerpt, weblink.Safe(f.Link), "", "", "", "", source, steps,
		}
		if d := f.Dependency; d != nil {
			copy(row[len(row)-6:], []string{d.Package.Name, d.Package.Version, d.Fix, strings.Join(d.IDs, " ")})
		}
		if err := writeRow(out, row); err != nil {
			return err
		}
	}
	if err := csvFaults(out, "Could not be read", r.Unread); err != nil {
		return err
	}
	if err := csvFaults(out, "Scanned only in part", r.Failures); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// writeRow writes cells that no spreadsheet takes for formulas.
func writeRow(out *csv.Writer, row []string) error {
	for i, cell := range row {
		row[i] = inert(cell)
	}
	return out.Write(row)
}

// csvFaults writes a row for each failure: its kind as the title, its words as the reason.
func csvFaults(out *csv.Writer, title string, faults []scan.Failure) error {
	for _, f := range faults {
		row := make([]string, len(csvHeader))
		row[2], row[4], row[5], row[11] = string(f.Engine), title, f.Path, faultText(f)
		if err := writeRow(out, row); err != nil {
			return err
		}
	}
	return nil
}

// csvFlow gives the place of a flow's source, and all its places from the source to the sink; "" without a flow.
func csvFlow(f *scan.Finding) (source, steps string) {
	var places []string
	for i := range f.Flow {
		places = append(places, f.Flow[i].Path+":"+number(f.Flow[i].StartLine))
	}
	if len(places) == 0 {
		return "", ""
	}
	return places[0], strings.Join(places, " > ")
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
