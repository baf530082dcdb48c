package insights

import "github.com/sluice-scan/sluice/internal/bitbucket"

// Report is one Code Insights report. It has this one form for Cloud and Data Center; the dialects translate it.
type Report struct {
	// ID is the external id, unique on the commit: at most MaxReportID of [A-Za-z0-9._-].
	ID       string
	Title    string
	Details  string
	Type     ReportType
	Reporter string
	// Link and LogoURL are public http(s) addresses, or empty.
	Link    string
	LogoURL string
	// RemoteLink asks Cloud for a remote link in the Jira issue of the commit.
	RemoteLink bool
	Result     Result
	// Data is shown as a table on the report's card, in this order.
	Data []DataItem
	// Annotations are ordered by importance, have distinct ids and fit Bitbucket's limits.
	Annotations []Annotation
	// Omitted is the number of findings that found no room among the annotations.
	Omitted int
	// Notes say what Build had to leave out or change, for the log.
	Notes []string
	// UUID and the times are set on reports that were read, in Bitbucket's own form; empty or zero otherwise.
	UUID    string
	Created string
	Updated string
}

// ReportType is the kind of a report on Cloud. Data Center has none.
type ReportType string

// The report types.
const (
	TypeSecurity ReportType = "SECURITY"
	TypeCoverage ReportType = "COVERAGE"
	TypeTest     ReportType = "TEST"
	TypeBug      ReportType = "BUG"
)

// Result is a report's or an annotation's verdict, in Cloud's words.
type Result string

// The results. Pending is for reports only, Skipped and Ignored for annotations only; Data Center knows passed and
// failed reports, so that a pending one has no result there.
const (
	Passed  Result = "PASSED"
	Failed  Result = "FAILED"
	Pending Result = "PENDING"
	Skipped Result = "SKIPPED"
	Ignored Result = "IGNORED"
)

// Annotation is one finding on a report.
type Annotation struct {
	// ID is the external id, unique in the report: at most MaxAnnotationID of [A-Za-z0-9._-].
	ID   string
	Type AnnotationType
	// Summary is never empty. On Data Center Summary and Details become one message.
	Summary string
	Details string
	// Severity is one of Cloud's CRITICAL, HIGH, MEDIUM, LOW; Data Center has no CRITICAL and gets HIGH.
	Severity string
	Result   Result
	// Path is relative to the repository's root with slashes; empty for the report as a whole.
	Path string
	// Line counts from 1; 0 means the file as a whole.
	Line int
	// Link is a public http(s) address, or empty.
	Link string
	// UUID is set on annotations that were read.
	UUID string
}

// AnnotationType is the kind of an annotation.
type AnnotationType string

// The annotation types.
const (
	Vulnerability AnnotationType = "VULNERABILITY"
	CodeSmell     AnnotationType = "CODE_SMELL"
	Bug           AnnotationType = "BUG"
)

// DataItem is one row of a report's table.
type DataItem struct {
	Title string
	Type  DataType
	// Value is a bool, a string, a number or a [Link], as Type says: DATE is in Unix milliseconds, DURATION in
	// milliseconds, PERCENTAGE from 0 to 100.
	Value any
	// priority decides which items stay where fewer fit; higher stays.
	priority int
}

// DataType is how a value is shown.
type DataType string

// The data types.
const (
	DataBoolean    DataType = "BOOLEAN"
	DataDate       DataType = "DATE"
	DataDuration   DataType = "DURATION"
	DataLink       DataType = "LINK"
	DataNumber     DataType = "NUMBER"
	DataPercentage DataType = "PERCENTAGE"
	DataText       DataType = "TEXT"
)

// Link is the value of a LINK.
type Link struct {
	Text string `json:"text"`
	Href string `json:"href"`
}

// Bitbucket's limits. Lengths are in UTF-16 code units: the services are Java, whose String.length counts those.
const (
	MaxSummary      = 450
	MaxDetails      = 2000
	MaxTitle        = 450
	MaxReporter     = 450
	MaxAnnotations  = 1000
	MaxBulk         = 100
	MaxReportID     = 50
	MaxAnnotationID = 64

	maxDataCloud      = 10
	maxDataDataCenter = 6
)

// MaxData is the number of data items that a report may have.
func MaxData(p bitbucket.Product) int {
	if p == bitbucket.DataCenter {
		return maxDataDataCenter
	}
	return maxDataCloud
}

// Ref names a commit.
type Ref struct {
	// Workspace is Cloud's workspace (slug or {uuid}) or Data Center's project key ("~user" for a personal one).
	Workspace string
	// Repository is the slug, or {uuid} on Cloud.
	Repository string
	// Commit is the full hash: Data Center takes nothing shorter.
	Commit string
}
