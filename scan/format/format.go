package format

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
	"github.com/sluice-scan/sluice/scan/sbom"
)

// Name is the name of an output format on the command line.
type Name string

// The formats.
const (
	Text  Name = "text"
	JSON  Name = "json"
	SARIF Name = "sarif"
	CSV   Name = "csv"
	JUnit Name = "junit"
	HTML  Name = "html"
	// CycloneDX and SPDX are SBOMs: they list the dependencies of the tree, whatever was found.
	CycloneDX Name = "cyclonedx"
	SPDX      Name = "spdx"
)

// Names lists the formats in display order.
var Names = [...]Name{Text, JSON, SARIF, CSV, JUnit, HTML, CycloneDX, SPDX}

// UnmarshalText reads a format's name in any case.
func (n *Name) UnmarshalText(text []byte) error {
	word := Name(strings.ToLower(strings.TrimSpace(string(text))))
	if slices.Contains(Names[:], word) {
		*n = word
		return nil
	}
	return fmt.Errorf("%q is not a format: use text, json, sarif, csv, junit, html, cyclonedx or spdx", string(text))
}

// Options are what a report needs besides the result. The zero value works.
type Options struct {
	// Gate decides what blocks. The zero value blocks nothing.
	Gate scan.Gate
	// Version is the version of this program; may be empty.
	Version string
	// Color adds terminal colours to the text format.
	Color bool
	// Width is the number of columns of the text format; 0 means 80, and less than 40 counts as 40.
	Width int
	// Limit is the number of live findings that the text format shows in full; 0 means 50, negative means all. Every format
	// counts all findings.
	Limit int
	// ShowSuppressed lists suppressed findings in the text format; the other formats always have them.
	ShowSuppressed bool
	// More tells readers of the text format in a few words where the findings above Limit are ("report.html"); may be
	// empty.
	More string
	// Time adds the start and the duration of the scan to JSON and HTML, and the start to CycloneDX and SPDX. The text
	// format always shows the duration.
	Time  bool
	Links Links
}

// Links are http(s) addresses in reports. Empty ones are left out.
type Links struct {
	// Home is the home page of this program.
	Home string
	// Repository, Commit and PullRequest are the pages of the scanned repository, commit and pull request.
	Repository, Commit, PullRequest string
	// File returns the page of a file at the scanned commit; line is 0 for a whole file. A nil File or an empty result
	// means that there is none.
	File func(path string, line int) string
}

// Write writes result in the named format. The error comes from w, or names an unknown format. Write keeps no reference
// to the result. It builds an HTML page in memory, and streams the other formats to w.
func Write(w io.Writer, name Name, result *scan.Result, options Options) error {
	var write func(*bufio.Writer, *scan.Result, Options) error
	switch name {
	case SARIF:
		return sarif.Write(w, result, sarif.WriteOptions{
			Version: options.Version, InformationURI: options.Links.Home, RepositoryURI: options.Links.Repository,
		})
	case CycloneDX:
		return sbom.WriteCycloneDX(w, result, sbomOptions(&options))
	case SPDX:
		return sbom.WriteSPDX(w, result, sbomOptions(&options))
	case Text:
		write = writeText
	case JSON:
		write = writeJSON
	case CSV:
		write = writeCSV
	case JUnit:
		write = writeJUnit
	case HTML:
		write = writeHTML
	default:
		return fmt.Errorf("%q is not a format: use text, json, sarif, csv, junit, html, cyclonedx or spdx", string(name))
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	err := write(buffered, result, options)
	if flush := buffered.Flush(); err == nil {
		err = flush
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func sbomOptions(o *Options) sbom.Options {
	return sbom.Options{Version: o.Version, Home: o.Links.Home, Repository: o.Links.Repository, Time: o.Time}
}
