package scan

import (
	"cmp"
	"fmt"
	"strings"
)

// Position is a range of text in a file.
//
// Lines and columns count from 1. Columns count UTF-16 code units, as SARIF's default and Bitbucket's clients do; an
// invalid UTF-8 byte counts as one. EndColumn is the column behind the last character. All zero means that the finding
// belongs to the file as a whole (or to no line that still exists).
type Position struct {
	StartLine, StartColumn int
	EndLine, EndColumn     int
}

// Line is one line of a finding's surroundings, redacted.
type Line struct {
	// Number counts from 1.
	Number int
	Text   string
}

// Finding is one problem at one place. It has this one type from the detector to the dashboard.
//
// A detector fills Engine, RuleID, Family, Title, Severity, Confidence, Message, Remediation, Link, Start and End, and
// Secret and Decoded when there is one; everything else is the [Scanner]'s.
type Finding struct {
	Engine Engine
	RuleID string
	// Family is the rule's family (see [Rule]); empty means RuleID.
	Family     string
	Title      string
	Severity   Severity
	Confidence Confidence
	// Class says what kind of problem it is; empty is a vulnerability.
	Class Class
	// Message says what is wrong in a sentence or two. It never holds the secret.
	Message     string
	Remediation string
	// Link is a public https address, or empty.
	Link string

	// Start and End are byte offsets into the file's content, End exclusive; both zero means the whole file. The scanner
	// turns them into Position.
	Start, End int
	// Secret is the leaked text itself, empty for other engines. It is what the scanner masks in every excerpt.
	Secret Secret
	// Decoded is the credential itself where the file holds it encoded, and Secret is the encoded form; empty when Secret
	// is the credential. The fingerprint hashes it, so that a secret keeps its fingerprint whatever its coding.
	Decoded Secret
	// Key is what the fingerprint hashes in the place of Secret, for findings that are no secrets: the package and the
	// advisory group, or the normalised code. It may repeat within a file.
	Key string
	// Related names a place that belongs to the finding and is not its own, or is empty.
	Related string

	Path string
	// Archive is the path of the archive that the file lies in, for a finding inside one, else empty: see [File]. Path and
	// Position are then those of the file inside.
	Archive string
	Position
	// Excerpt is the first line of the finding, trimmed and with every secret of the file masked; Mark is the part of it
	// that the finding is about, in bytes of Excerpt.
	Excerpt            string
	MarkStart, MarkEnd int
	// Context is the surrounding lines, redacted, ordered by number; nil when the file has no lines.
	Context []Line
	// Commit is the full hash for a finding of the history, whose text is no longer in the scanned tree; else empty.
	Commit string
	// Fingerprint names the problem by its rule family and content, whatever its line and path: 32 hex digits.
	Fingerprint string
	// Occurrence counts the findings of one Fingerprint in one Path from 1 upwards, in the order of their lines.
	Occurrence int
	// New is true when the problem is not in the base. Without a base every finding is new.
	New bool
	// Verified says what the provider of the secret answered when it was asked; see [Scanner.Verify].
	Verified VerifyState
	// Suppression says who switched the finding off and why; nil for a live one.
	Suppression *Suppression
	// Dependency says more of a finding about a package; nil for others.
	Dependency *Dependency

	// wholeTree is true for a finding that follows from several files; see [Ending].
	wholeTree bool
}

// Class is a kind of problem. Sluice's own findings are vulnerabilities; other tools find others too.
type Class string

// The classes.
const (
	ClassVulnerability Class = ""
	// ClassBug: the program does what nobody wants.
	ClassBug Class = "bug"
	// ClassSmell: style, names, complexity, documentation.
	ClassSmell Class = "smell"
)

// Dependency is what a finding says of the package that it is about.
type Dependency struct {
	Package Package
	// IDs are all ids of the advisory, the best known first; nil for a finding that is about no advisory (a licence).
	IDs []string
	// Score is the CVSS base score, 0 when there is none; Rated says where the severity comes from ("CVSS 3.1"), empty when
	// nobody rated the advisory.
	Score float64
	Rated string
	// Fix is the smallest version without a known advisory, empty when there is none; MajorFix is true when it is of another
	// major version.
	Fix      string
	MajorFix bool
	// Exploited is true when the problem is on the list of those that are exploited (KEV); EPSS is the probability that it
	// will be within 30 days, from 0 to 1, 0 when it is not known.
	Exploited bool
	EPSS      float64
	// Imported says whether the code imports what the advisory is about, as far as that is known.
	Imported Imported
}

// Imported says how far the scanned code uses the part of a package that an advisory is about.
type Imported int

// The answers.
const (
	ImportedUnknown Imported = iota
	ImportedYes
	ImportedNo
	// ImportedCalled and ImportedNotCalled come from an analysis of what the code calls, which was asked for.
	ImportedCalled
	ImportedNotCalled
)

var importedNames = [...]string{"", "yes", "no", "called", "not called"}

// String gives the lower-case name; ImportedUnknown gives "".
func (i Imported) String() string {
	if i < 0 || int(i) >= len(importedNames) {
		return fmt.Sprintf("imported(%d)", int(i))
	}
	return importedNames[i]
}

// MarshalText gives the lower-case name.
func (i Imported) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// Suppression is a reason not to act on a finding.
type Suppression struct {
	// Kind is one of the Suppressed constants.
	Kind string
	// Reason is the person's own word; it may be empty for inline comments.
	Reason string
	// Source is where it is written: "config/db.go:12", ".sluice.yml:8", "baseline.json".
	Source string
}

// The kinds of suppression.
const (
	SuppressedInline      = "inline"
	SuppressedPath        = "path"
	SuppressedFingerprint = "fingerprint"
	SuppressedBaseline    = "baseline"
	// SuppressedAdvisory comes from an entry about an advisory or a package: .sluice.yml, osv-scanner.toml, OpenVEX.
	SuppressedAdvisory = "advisory"
	// SuppressedExternal comes from another tool's file: its SARIF, its allow list.
	SuppressedExternal = "external"
)

// VerifyState is what the provider of a secret says of it.
type VerifyState int

// The states.
const (
	// VerifyNone: the provider was not asked.
	VerifyNone VerifyState = iota
	// VerifyActive: the provider accepts the secret.
	VerifyActive
	// VerifyRevoked: the provider says that the secret is worthless.
	VerifyRevoked
	// VerifyUnknown: the provider was asked, and its answer says neither.
	VerifyUnknown
)

var verifyNames = [...]string{"", "active", "revoked", "unknown"}

// String gives the lower-case name; VerifyNone gives "".
func (v VerifyState) String() string {
	if v < VerifyNone || v > VerifyUnknown {
		return fmt.Sprintf("verify(%d)", int(v))
	}
	return verifyNames[v]
}

// MarshalText gives the lower-case name.
func (v VerifyState) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a state's name in any case; an empty text is VerifyNone.
func (v *VerifyState) UnmarshalText(text []byte) error {
	word := strings.ToLower(strings.TrimSpace(string(text)))
	for i, name := range verifyNames {
		if word == name {
			*v = VerifyState(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not an answer of a provider: use active, revoked or unknown", string(text))
}

// RuleFamily is Family, or RuleID when that is empty.
func (f *Finding) RuleFamily() string { return cmp.Or(f.Family, f.RuleID) }

// Credential is the leaked credential as its service takes it: Decoded, or Secret when it stands in the file as it is.
func (f *Finding) Credential() Secret {
	if f.Decoded.Empty() {
		return f.Secret
	}
	return f.Decoded
}

// Live reports whether the finding is not suppressed.
func (f *Finding) Live() bool { return f.Suppression == nil }

// Compare orders findings as people want to read them: live before suppressed, worst first, then new, then most
// certain, then by place and rule. Two different findings of one result never compare as equal.
func Compare(a, b *Finding) int {
	return cmp.Or(
		boolCompare(a.Live(), b.Live()),
		cmp.Compare(b.Severity, a.Severity),
		boolCompare(a.New, b.New),
		compareExploits(a.Dependency, b.Dependency),
		cmp.Compare(b.Confidence, a.Confidence),
		strings.Compare(a.Path, b.Path),
		cmp.Compare(a.StartLine, b.StartLine),
		cmp.Compare(a.StartColumn, b.StartColumn),
		strings.Compare(a.RuleID, b.RuleID),
		strings.Compare(a.Commit, b.Commit),
		cmp.Compare(a.EndLine, b.EndLine),
		cmp.Compare(a.EndColumn, b.EndColumn),
		strings.Compare(a.Related, b.Related),
		strings.Compare(a.Fingerprint, b.Fingerprint),
		cmp.Compare(a.Occurrence, b.Occurrence),
	)
}

// compareExploits puts what is exploited first, then what is likely to be.
func compareExploits(a, b *Dependency) int {
	none := &Dependency{}
	a, b = cmp.Or(a, none), cmp.Or(b, none)
	return cmp.Or(boolCompare(a.Exploited, b.Exploited), cmp.Compare(b.EPSS, a.EPSS))
}

// boolCompare puts true first.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
