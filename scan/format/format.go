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

// Name names an output format, as people write it on the command line.
type Name string

// The formats.
const (
	Text  Name = "text"
	JSON  Name = "json"
	SARIF Name = "sarif"
	CSV   Name = "csv"
	JUnit Name = "junit"
	HTML  Name = "html"
	// CycloneDX and SPDX are bills of materials: they list the dependencies of the tree, whatever was found.
	CycloneDX Name = "cyclonedx"
	SPDX      Name = "spdx"
)

// Names lists the formats in the order in which people see them.
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

// Options is what a report needs beyond the result. The zero value works.
type Options struct {
	// Gate decides what blocks. The zero value lets everything pass.
	Gate scan.Gate
	// Version is the program's own version; may be empty.
	Version string
	// Color writes terminal colours into text.
	Color bool
	// Width is the number of columns that text may use; 0 means 80, and less than 40 counts as 40.
	Width int
	// Limit is how many live findings text shows in full; 0 means 50, negative means all. Every format counts all.
	Limit int
	// ShowSuppressed lists suppressed findings in text; the other formats always have them.
	ShowSuppressed bool
	// More says in a few words where text's reader finds the findings above Limit ("report.html"); may be empty.
	More string
	// Time adds when the scan began and how long it took to JSON and HTML, and when it began to CycloneDX and SPDX. Text
	// shows how long it took in any case.
	Time  bool
	Links Links
}

// Links are http(s) addresses that reports point to. Empty ones are left out.
type Links struct {
	// Home is the program's own page.
	Home string
	// Repository, Commit and PullRequest are pages of what was scanned.
	Repository, Commit, PullRequest string
	// File gives the page of a file at the scanned commit; line is 0 for a file as a whole. Nil or an empty answer means
	// that there is none.
	File func(path string, line int) string
}

// Write writes result in the format called name. What it returns is an error of w, or one that names an unknown format.
// Nothing of the result is kept. A page of HTML is built in memory, the others go to w as they are made.
func Write(w io.Writer, name Name, result *scan.Result, options Options) error {
	var write func(*bufio.Writer, *scan.Result, Options) error
	switch name {
	case SARIF:
		return sarif.Write(w, result, sarif.WriteOptions{
			Version: options.Version, InformationURI: options.Links.Home, RepositoryURI: options.Links.Repository,
		})
	case CycloneDX:
		return sbom.WriteCycloneDX(w, result, billOptions(&options))
	case SPDX:
		return sbom.WriteSPDX(w, result, billOptions(&options))
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

func billOptions(o *Options) sbom.Options {
	return sbom.Options{Version: o.Version, Home: o.Links.Home, Repository: o.Links.Repository, Time: o.Time}
}
