package fakebitbucket

import "net/http"

// Behaviour answers the questions that Bitbucket's documentation leaves open. The zero value is the default. If one
// answer is stricter than the other, the default is the stricter one.
type Behaviour struct {
	// DeleteMissing is the status of deleting a report or an annotation that does not exist: 204 (also for 0) or 404.
	DeleteMissing int
	// PutCreated answers 201 instead of 200 to the PUT that creates a report or an annotation.
	PutCreated bool
	// PutMerges keeps the fields of an existing report that a PUT does not name; false replaces the report. A merging
	// PUT needs no mandatory field that the report already has.
	PutMerges bool
	// DuplicatesAllowed lets the last of several equal external ids in one bulk request win; false answers 400.
	DuplicatesAllowed bool
	// BulkPartial stores the valid elements of a bulk request that is answered with 400; false stores none.
	BulkPartial bool
	// OverLimitDrops answers 200 to a bulk request beyond 1000 annotations and drops the surplus; false answers 400.
	OverLimitDrops bool
	// LineZeroAllowed accepts line 0 as the top of the file; false answers 400, following the OpenAPI minimum of 1.
	LineZeroAllowed bool
	// RootedPathsAllowed accepts paths that begin with "/" or "./" unchanged; false answers 400.
	RootedPathsAllowed bool
	// LocalLinksAllowed accepts links to localhost; false answers 400, as seen live.
	LocalLinksAllowed bool
	// DateText accepts an RFC 3339 text for a DATE; false accepts only milliseconds.
	DateText bool
	// DataRequired answers 400 to a report without data items, as the text of the documentation says.
	DataRequired bool
	// PagelenClamped treats a pagelen above 100 as 100; false answers 400.
	PagelenClamped bool
	// WriteScope requires repository:write (or its granular form) for every change of a report.
	WriteScope bool
	// LateUpdate gives a new report an updated_on after its created_on; false makes them equal.
	LateUpdate bool
	// ExternalIDLimit is the longest external id in UTF-16 units; 0 means 450.
	ExternalIDLimit int
	// TitleLimit is the longest report title in UTF-16 units; 0 means 450.
	TitleLimit int
	// ReportLimit is the number of reports a commit may have; 0 means any.
	ReportLimit int
	// BodyLimit is the size of the largest request body in bytes, with 413 beyond it; 0 means 10 MiB.
	BodyLimit int64
	// DataCenterKeyLimit is the longest report key on Data Center in UTF-16 units; 0 means 50.
	DataCenterKeyLimit int
}

func (b Behaviour) deleteMissing() int      { return orElse(b.DeleteMissing, http.StatusNoContent) }
func (b Behaviour) externalIDLimit() int    { return orElse(b.ExternalIDLimit, 450) }
func (b Behaviour) titleLimit() int         { return orElse(b.TitleLimit, 450) }
func (b Behaviour) bodyLimit() int64        { return orElse(b.BodyLimit, 10<<20) }
func (b Behaviour) dataCenterKeyLimit() int { return orElse(b.DataCenterKeyLimit, 50) }

func orElse[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// Variant is one open question with the other answer.
type Variant struct {
	Name      string
	Behaviour Behaviour
}

// Variants returns the default behaviour, and for each open question the other answer, which a correct client must not
// notice. A client's test runs against all of them. The first is the default. (Behaviours that only tighten a limit,
// such as TitleLimit or ReportLimit, are left to the tests about them.)
func Variants() []Variant {
	return []Variant{
		{"default", Behaviour{}},
		{"delete-missing-404", Behaviour{DeleteMissing: http.StatusNotFound}},
		{"put-answers-201", Behaviour{PutCreated: true}},
		{"put-merges", Behaviour{PutMerges: true}},
		{"duplicates-allowed", Behaviour{DuplicatesAllowed: true}},
		{"bulk-partial", Behaviour{BulkPartial: true}},
		{"over-limit-drops", Behaviour{OverLimitDrops: true}},
		{"line-zero-allowed", Behaviour{LineZeroAllowed: true}},
		{"rooted-paths-allowed", Behaviour{RootedPathsAllowed: true}},
		{"local-links-allowed", Behaviour{LocalLinksAllowed: true}},
		{"date-text", Behaviour{DateText: true}},
		{"data-required", Behaviour{DataRequired: true}},
		{"pagelen-clamped", Behaviour{PagelenClamped: true}},
		{"write-scope", Behaviour{WriteScope: true}},
		{"late-update", Behaviour{LateUpdate: true}},
	}
}
