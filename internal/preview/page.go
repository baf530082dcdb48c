package preview

import (
	"time"

	"github.com/sluice-scan/sluice/insights"
)

// The limits of a page. The page counts what exceeds them.
const (
	// maxReports is the number of reports that get a card.
	maxReports = 20
	// maxAnnotations is the number of annotations shown over all reports; the most severe ones stay.
	maxAnnotations = insights.MaxAnnotations
	// maxLines and maxBytes limit the size of files that are compared line by line.
	maxLines = 20_000
	maxBytes = 2 << 20
	// maxFileRows and maxRows limit the lines in the diff of one file and of the whole page. Beyond them a file shows only
	// the lines around its annotations.
	maxFileRows = 3_000
	maxRows     = 40_000
	// maxColumns is the length in characters at which a long line is cut.
	maxColumns = 400
	// maxOpen is the largest number of annotations whose details are all open at first.
	maxOpen = 12
)

// Tree is the files of a commit. It is used from one goroutine.
type Tree interface {
	// ReadFile returns the content of a file. The error is fs.ErrNotExist (by errors.Is) if the commit does not have the
	// file. path is relative to the root, with slashes, and valid in the sense of fs.ValidPath.
	ReadFile(path string) ([]byte, error)
}

// Mask returns a line of a file with every secret hidden. line counts from 1 on the side of the line: the head for
// unchanged and added lines, the base for deleted ones. So a mask cannot rely on path and number alone: it must know the
// text of the secrets too, and each line of a secret with several lines. text has no newline and may be invalid UTF-8.
// The result is cleaned, cut and escaped afterwards. Mask is called from one goroutine, once per displayed line.
type Mask func(path string, line int, text string) string

// Meta is what the page shows besides the reports.
type Meta struct {
	// Title is the title of the pull request; empty means "Pull request #n", or the commit.
	Title string
	// PullRequest is the number of the pull request as text, or empty.
	PullRequest string
	// Source and Destination are the names of the branches; both may be empty.
	Source, Destination string
	// BaseCommit is the full hash of the base tree's commit, or empty.
	BaseCommit string
	// Version is the version of Sluice; empty means that it is not shown.
	Version string
	// Now is the time to which "2 hours ago" refers; zero means that every time is shown as a date.
	Now time.Time
	// Mask is applied to every line of either tree on the page; nil shows the lines unmasked.
	Mask Mask
}

// Page is what a pull request would show: reports, annotations, and the diff of every file with annotations. All lines
// in it have passed through Meta.Mask. It does not change after Collect, and is safe for concurrent use.
type Page struct{ view }

// view is the data of the template. Every text in it is ready for display: visible, cut and masked.
type view struct {
	Title, Commit, FullCommit          string
	Workspace, Repository, PullRequest string
	Source, Destination                string
	BaseCommit, FullBase               string
	Version                            string
	Compared, Masked                   bool
	Reports                            []card
	Overview                           []*note
	Files                              []*file
	Total, Inside                      int
	Scopes                             []chip
	Severities                         []chip
	Missing, MissingReports            string
}

// card is one report.
type card struct {
	ID, Title, Reporter string
	Result, Letter      string
	// Headline is the first line of the details.
	Headline                string
	Details                 []string
	Link, LinkWord          string
	Data                    []datum
	Updated, UpdatedExact   string
	Notes                   []*note
	Counts                  []count
	AnnotationWords, Remark string
}

// datum is one row of the table of a report.
type datum struct {
	Title, Value, Exact string
	// Href is set for links.
	Href  string
	Quiet bool
}

// note is an annotation.
type note struct {
	Anchor           string
	Severity, Letter string
	Kind, Result     string
	Reporter         string
	Summary          string
	// Details are paragraphs, which may contain newlines. Machine is the last paragraph if it is only for machines.
	Details                 []string
	Machine                 string
	Link, LinkWord          string
	Dir, Name, Line, Remark string
	// Inside is true if "This pull request" includes the annotation.
	Inside, Open bool

	rank, line int
	path       string
	// report is the index of its card.
	report int
	from   insights.Annotation
}

// chip is one filter.
type chip struct {
	Value, Word string
	N           quantity
	Pressed     bool
}

// count is the number of annotations with a severity.
type count struct {
	Letter, Word string
	N            quantity
}

// quantity is a number that is shown with commas.
type quantity int

func (q quantity) String() string { return commas(int(q)) }

// file is the diff of one file.
type file struct {
	Anchor, Dir, Name string
	Change            string
	Added, Removed    quantity
	Remarks           []string
	Counts            []count
	// Notes are annotations of the file as a whole.
	Notes    []*note
	Sections []section
	// Inside is true if "This pull request" includes the file or one of its annotations.
	Inside bool
}

// section is a part of a file without gaps. Around is true for lines that are shown only because of an annotation.
type section struct {
	Head   string
	Around bool
	Inside bool
	Rows   []row
}

// row is one line.
type row struct {
	// Kind is "add", "del" or "same".
	Kind, Sign string
	Old, New   string
	// Hit is the letter of the most severe annotation on the line, or empty.
	Hit   string
	Text  string
	NoEnd bool
	Notes []*note
}
