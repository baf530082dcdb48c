package insights

import "github.com/sluice-scan/sluice/internal/bitbucket"

// Report is one Code Insights report, in one form for Cloud and Data Center. The wire types translate it.
type Report struct {
	// ID is the external id, unique per commit: at most MaxReportID characters of [A-Za-z0-9._-].
	ID       string
	Title    string
	Details  string
	Type     ReportType
	Reporter string
	// Link and LogoURL are public http(s) addresses, or empty.
	Link    string
	LogoURL string
	// RemoteLink asks Cloud to add a remote link to the Jira issue of the commit.
	RemoteLink bool
	Result     Result
	// Data is the table on the report's card, in this order.
	Data []DataItem
	// Annotations are ordered by importance, have distinct ids and respect Bitbucket's limits.
	Annotations []Annotation
	// Omitted is the number of findings without an annotation because a limit was reached.
	Omitted int
	// Notes say what Build left out or changed, for the log.
	Notes []string
	// UUID, Created and Updated are set on reports that were read, in Bitbucket's own form; otherwise empty.
	UUID    string
	Created string
	Updated string
}

// ReportType is the kind of a report on Cloud. Data Center has no such field.
type ReportType string

// The report types.
const (
	TypeSecurity ReportType = "SECURITY"
	TypeCoverage ReportType = "COVERAGE"
	TypeTest     ReportType = "TEST"
	TypeBug      ReportType = "BUG"
)

// Result is the verdict of a report or an annotation, in Cloud's terms.
type Result string

// The results. Pending is for reports only; Skipped and Ignored are for annotations only. Data Center knows only passed
// and failed reports, so a pending report has no result there.
const (
	Passed  Result = "PASSED"
	Failed  Result = "FAILED"
	Pending Result = "PENDING"
	Skipped Result = "SKIPPED"
	Ignored Result = "IGNORED"
)

// Annotation is one finding on a report.
type Annotation struct {
	// ID is the external id, unique in the report: at most MaxAnnotationID characters of [A-Za-z0-9._-].
	ID   string
	Type AnnotationType
	// Summary is never empty. On Data Center, Summary and Details become one message.
	Summary string
	Details string
	// Severity is CRITICAL, HIGH, MEDIUM or LOW, as on Cloud. Data Center has no CRITICAL and gets HIGH.
	Severity string
	Result   Result
	// Path is relative to the root of the repository, with slashes; empty means the report as a whole.
	Path string
	// Line counts from 1; 0 means the whole file.
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

// DataItem is one row of the table of a report.
type DataItem struct {
	Title string
	Type  DataType
	// Value is a bool, a string, a number or a [Link], depending on Type: DATE is in Unix milliseconds, DURATION in
	// milliseconds, PERCENTAGE from 0 to 100.
	Value any
	// priority decides which items stay when not all fit; a higher one stays.
	priority int
}

// DataType is the way a value is shown.
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

// Link is the value of a LINK item.
type Link struct {
	Text string `json:"text"`
	Href string `json:"href"`
}

// Bitbucket's limits. Lengths are in UTF-16 code units, because the services are written in Java, whose String.length
// counts those.
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

// MaxData returns the number of data items that a report may have.
func MaxData(p bitbucket.Product) int {
	if p == bitbucket.DataCenter {
		return maxDataDataCenter
	}
	return maxDataCloud
}

// Ref names a commit.
type Ref struct {
	// Workspace is the workspace on Cloud (slug or {uuid}), or the project key on Data Center ("~user" for a personal
	// project).
	Workspace string
	// Repository is the slug, or {uuid} on Cloud.
	Repository string
	// Commit is the full hash. Data Center does not accept an abbreviated one.
	Commit string
}
