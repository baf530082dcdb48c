package scan

import (
	"cmp"
	"fmt"
	"strings"
)

// Position is a range of text in a file.
//
// Lines and columns count from 1. Columns count UTF-16 code units, as SARIF does by default and as Bitbucket's clients
// do; an invalid UTF-8 byte counts as one. EndColumn is the column after the last character. All zero means that the
// finding is about the whole file, or about no line that still exists.
type Position struct {
	StartLine, StartColumn int
	EndLine, EndColumn     int
}

// Line is one redacted line near a finding.
type Line struct {
	// Number counts from 1.
	Number int
	Text   string
}

// Finding is one problem at one place. All code from the detector to the server uses this type.
//
// A detector fills in Engine, RuleID, Family, Title, Severity, Confidence, Message, Remediation, Link, Start and End, for
// secrets Secret and Decoded, for code Key, Related, Weaknesses and Flow, and with CommentsRead Suppression. The [Scanner]
// fills in everything else.
type Finding struct {
	Engine Engine
	RuleID string
	// Family is the rule's family (see [Rule]); empty means RuleID.
	Family     string
	Title      string
	Severity   Severity
	Confidence Confidence
	// Class is the kind of problem. Empty means a vulnerability.
	Class Class
	// Message describes the problem in one or two sentences. It never contains the secret.
	Message     string
	Remediation string
	// Link is a public https address, or empty.
	Link string

	// Start and End are byte offsets into the file's content, End exclusive. If both are zero, the finding is about the
	// whole file. The scanner computes Position from them.
	Start, End int
	// Secret is the leaked text itself. It is empty for other engines. The scanner masks it in every excerpt.
	Secret Secret
	// Decoded is the credential itself if the file contains it in encoded form. Secret is then the encoded form. Decoded is
	// empty if Secret is the credential. Fingerprints hash it, so that a secret has the same fingerprint in every encoding.
	Decoded Secret
	// Key replaces Secret in the fingerprint of other findings: the package and the advisory group, or the normalised code.
	// It may repeat within a file.
	Key string
	// Related is another place that belongs to the finding, or empty.
	Related string
	// Weaknesses are the finding's weaknesses in the form "CWE-89", each once (https://cwe.mitre.org). Nil means not known.
	Weaknesses []string
	// Flow is the way of the data from its source to this finding, which is the last step. It is nil when the finding is
	// not about a way.
	Flow []Step
	// CommentsRead says that the detector itself has read the comments of the file and set Suppression. The scanner then
	// looks for no comments that allow the finding.
	CommentsRead bool

	Path string
	// Archive is the path of the archive for a finding inside one, else empty. See [File]. Path and Position are then those
	// of the inner file.
	Archive string
	Position
	// Excerpt is the first line of the finding, trimmed, with every secret of the file masked. Mark is the relevant part of
	// it, in bytes of Excerpt.
	Excerpt            string
	MarkStart, MarkEnd int
	// Context is the surrounding lines, redacted, ordered by number. It is nil if the file has no lines.
	Context []Line
	// Commit is the full hash for a finding of the history whose text is no longer in the scanned tree. Otherwise it is
	// empty.
	Commit string
	// Fingerprint identifies the problem by its rule family and content, independent of path and line: 32 hex digits.
	Fingerprint string
	// Occurrence numbers the findings with one Fingerprint in one Path, from 1, in line order.
	Occurrence int
	// New is true if the base does not have the problem. Without a base every finding is new.
	New bool
	// Verified is the answer of the secret's provider. See [Scanner.Verify].
	Verified VerifyState
	// Suppression says who suppressed the finding and why. It is nil for a live finding.
	Suppression *Suppression
	// Dependency has more facts about a finding in a package. It is nil for other findings.
	Dependency *Dependency

	// wholeTree is true for a finding that depends on several files. See [Ending].
	wholeTree bool
}

// StepKind says what happens at a step of a way.
type StepKind string

// The kinds of steps.
const (
	// StepSource: the data enters here.
	StepSource StepKind = "source"
	// StepOn: the data is handed on.
	StepOn StepKind = "step"
	// StepSink: the data must not arrive here.
	StepSink StepKind = "sink"
)

// Step is one place on the way of data. A detector fills in Kind, Start and End, and Path where it is not that of the
// finding; the scanner fills in the rest.
type Step struct {
	Path string
	Kind StepKind
	// Start and End are byte offsets into the file of the step.
	Start, End int
	Position
	// Added is the first line of the step that the base does not have. It is 0 if the base has all of them, if nothing
	// was compared, and for findings that are not new.
	Added int
	// Text is the first line of the step, trimmed, with every secret of the file masked.
	Text string
}

// Class is a kind of problem. Sluice's own findings are vulnerabilities. Other tools also report other kinds.
type Class string

// The classes.
const (
	ClassVulnerability Class = ""
	// ClassBug: the program does not do what its authors intended.
	ClassBug Class = "bug"
	// ClassSmell: style, names, complexity, documentation.
	ClassSmell Class = "smell"
)

// Dependency has the package facts of a finding.
type Dependency struct {
	Package Package
	// IDs are all ids of the advisory, the best known first. It is nil for a finding without an advisory (a licence).
	IDs []string
	// Score is the CVSS base score, or 0. Rated is the source of the severity ("CVSS 3.1"), or empty if the advisory has no
	// rating.
	Score float64
	Rated string
	// Fix is the smallest version without a known advisory, or empty if there is no such version. MajorFix is true if Fix
	// has another major version.
	Fix      string
	MajorFix bool
	// Exploited is true if the vulnerability is in the catalogue of known exploited vulnerabilities (KEV). EPSS is the
	// probability of exploitation within 30 days, from 0 to 1; 0 if not known.
	Exploited bool
	EPSS      float64
	// Imported says whether the code imports the affected part of the package, if that is known.
	Imported Imported
}

// Imported says how far the scanned code uses the affected part of a package.
type Imported int

// The values of Imported.
const (
	ImportedUnknown Imported = iota
	ImportedYes
	ImportedNo
	// ImportedCalled and ImportedNotCalled come from the optional call analysis.
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
	// Reason is the text that the person wrote. It may be empty for inline comments.
	Reason string
	// Source is the place of the suppression: "config/db.go:12", ".sluice.yml:8", "baseline.json".
	Source string
}

// The kinds of suppression.
const (
	SuppressedInline      = "inline"
	SuppressedPath        = "path"
	SuppressedFingerprint = "fingerprint"
	SuppressedBaseline    = "baseline"
	// SuppressedAdvisory comes from an entry for an advisory or a package: .sluice.yml, osv-scanner.toml, OpenVEX.
	SuppressedAdvisory = "advisory"
	// SuppressedExternal comes from another tool's file: its SARIF log or its allow list.
	SuppressedExternal = "external"
	// SuppressedDecision comes from people's decisions on a server: a review of the text, or triage.
	SuppressedDecision = "decision"
)

// VerifyState is a provider's answer about a secret.
type VerifyState int

// The states.
const (
	// VerifyNone: nobody asked the provider.
	VerifyNone VerifyState = iota
	// VerifyActive: the provider accepts the secret.
	VerifyActive
	// VerifyRevoked: the provider says that the secret does not work.
	VerifyRevoked
	// VerifyUnknown: the provider's answer was not conclusive.
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

// UnmarshalText reads a state's name in any case. Empty text is VerifyNone.
func (v *VerifyState) UnmarshalText(text []byte) error {
	word := strings.ToLower(strings.TrimSpace(string(text)))
	for i, name := range verifyNames {
		if word == name {
			*v = VerifyState(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a provider's answer: use active, revoked or unknown", string(text))
}

// RuleFamily is Family, or RuleID if Family is empty.
func (f *Finding) RuleFamily() string { return cmp.Or(f.Family, f.RuleID) }

// Credential is the leaked credential as its service accepts it: Decoded, or Secret if the file contains it unencoded.
func (f *Finding) Credential() Secret {
	if f.Decoded.Empty() {
		return f.Secret
	}
	return f.Decoded
}

// Live reports whether the finding is not suppressed.
func (f *Finding) Live() bool { return f.Suppression == nil }

// Compare orders findings for reading: live before suppressed, then by severity (worst first), new before existing, by
// certainty, place and rule. Two different findings of one result never compare as equal.
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

// compareExploits puts exploited vulnerabilities first, then those with the higher probability of exploitation.
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
