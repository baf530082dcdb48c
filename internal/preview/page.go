package preview

import (
	"time"

	"github.com/sluice-scan/sluice/insights"
)

// The bounds of a page. What is beyond one of them is counted on the page.
const (
	// maxReports is how many reports get a card.
	maxReports = 20
	// maxAnnotations is how many annotations of all reports together are shown; the most severe stay.
	maxAnnotations = insights.MaxAnnotations
	// maxLines and maxBytes are the size up to which a side of a file is compared line by line.
	maxLines = 20_000
	maxBytes = 2 << 20
	// maxFileRows and maxRows are how many lines the diff of one file and of the whole page may have; beyond them a file
	// shows only the lines around its annotations.
	maxFileRows = 3_000
	maxRows     = 40_000
	// maxColumns is where a long line is cut, in characters.
	maxColumns = 400
	// maxOpen is up to how many annotations all show their details at once.
	maxOpen = 12
)

// Tree is a commit's files. It is used from one goroutine.
type Tree interface {
	// ReadFile gives the content of a file; the error is fs.ErrNotExist (by errors.Is) when the commit has no file there.
	// path is relative to the root, with slashes, and valid in the sense of fs.ValidPath.
	ReadFile(path string) ([]byte, error)
}

// Mask gives a line of a file as it may be shown, with every secret in it hidden. line counts from 1 on the side that the
// line is from: the head's for unchanged and added lines, the base's for removed ones. So a mask that goes by path and
// number alone is not enough: it must know the secrets' text too, and each line of a secret of several lines. The text
// has no line end, and may be no UTF-8; what comes back is cleaned, cut and escaped. It is called from one goroutine, once
// for each line shown.
type Mask func(path string, line int, text string) string

// Meta is what the page says besides the reports.
type Meta struct {
	// Title is the pull request's title; empty means "Pull request #n", or the commit.
	Title string
	// PullRequest is its number as text, or empty.
	PullRequest string
	// Source and Destination are the names of the branches; both may be empty.
	Source, Destination string
	// BaseCommit is the full hash of the base tree's commit, or empty.
	BaseCommit string
	// Version is Sluice's own; empty means that it is not shown.
	Version string
	// Now is what "2 hours ago" is measured against; zero means that every time is shown as a date.
	Now time.Time
	// Mask is applied to every line of either tree that reaches the page; nil shows them as they are.
	Mask Mask
}

// Page is what a pull request would show: reports, annotations, and the diff of every file that has annotations. It
// holds no line that Meta.Mask has not seen. It is not changed after Collect, and safe for concurrent use.
type Page struct{ view }

// view is what the template shows. Every text in it is fit to be seen: visible, cut and masked.
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

// datum is one row of a report's table.
type datum struct {
	Title, Value, Exact string
	// Href is set on links.
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
	// Details are paragraphs, with line ends in them; Machine is the last one when it holds what only machines need.
	Details                 []string
	Machine                 string
	Link, LinkWord          string
	Dir, Name, Line, Remark string
	// Inside is true when "This pull request" has it.
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

// count is how many annotations have a severity.
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
	// Inside is true when "This pull request" has the file or one of its annotations.
	Inside bool
}

// section is a part of a file without gaps. Around is true for lines that are shown because of an annotation only.
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
	// Hit is the letter of the worst annotation on the line, or empty.
	Hit   string
	Text  string
	NoEnd bool
	Notes []*note
}
