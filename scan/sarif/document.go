package sarif

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/weblink"
)

func ruleOf(r *scan.Rule) rule {
	out := rule{
		ID:                   text(r.ID),
		Name:                 text(identifier(r.Title)),
		DefaultConfiguration: &configuration{Level: levelOf(r.Severity)},
		HelpURI:              text(weblink.Safe(r.Link)),
		Properties:           &properties{Tags: []text{"security"}, SecuritySeverity: securitySeverity(r.Severity)},
	}
	if r.Engine != "" {
		out.Properties.Tags = append(out.Properties.Tags, text(r.Engine))
	}
	for _, weakness := range r.Weaknesses {
		out.Properties.Tags = append(out.Properties.Tags, weaknessTag(weakness))
	}
	for _, category := range r.Categories {
		out.Properties.Tags = append(out.Properties.Tags, text(category))
	}
	if title := cmp.Or(r.Title, r.ID); title != "" {
		out.ShortDescription = &message{Text: text(title)}
	}
	if r.Description != "" {
		out.FullDescription = &message{Text: text(r.Description)}
	}
	if help := cmp.Or(r.Remediation, r.Description); help != "" {
		out.Help = &message{Text: text(help), Markdown: text(help)}
		if link := weblink.Safe(r.Link); link != "" {
			out.Help.Text += text("\n" + link)
			out.Help.Markdown += text("\n\n<" + link + ">")
		}
	}
	return out
}

// weaknessTag is the tag by which code-scanning services know a weakness: external/cwe/cwe-089 for CWE-89.
func weaknessTag(id string) text {
	number := strings.TrimPrefix(id, "CWE-")
	return text("external/cwe/cwe-" + strings.Repeat("0", max(0, 3-len(number))) + number)
}

// flowOf gives the way of a finding's data, and the place of its source.
func flowOf(f *scan.Finding) (flows []codeFlow, related []location) {
	var steps []threadFlowLocation
	for i := range f.Flow {
		s := &f.Flow[i]
		at := location{PhysicalLocation: &physicalLocation{ArtifactLocation: fileAt(s.Path)}, Message: &message{Text: text(stepWords[s.Kind])}}
		if s.StartLine > 0 {
			at.PhysicalLocation.Region = &region{
				StartLine: integer(s.StartLine), StartColumn: integer(s.StartColumn), EndLine: integer(s.EndLine), EndColumn: integer(s.EndColumn),
			}
			if s.Text != "" {
				at.PhysicalLocation.Region.Snippet = &message{Text: text(s.Text)}
			}
		}
		if s.Kind == scan.StepSource {
			related = append(related, at)
		}
		steps = append(steps, threadFlowLocation{Location: at})
	}
	if len(steps) == 0 || f.Archive != "" {
		return nil, nil
	}
	return []codeFlow{{ThreadFlows: []threadFlow{{Locations: steps}}}}, related
}

// stepWords says what happens at a step.
var stepWords = map[scan.StepKind]string{scan.StepSource: "The data enters here.", scan.StepOn: "The data is handed on.", scan.StepSink: "The data arrives here."}

// identifier makes the PascalCase name that the standard (3.49.7) requires beside an opaque id.
func identifier(title string) string {
	var b strings.Builder
	start := true
	for _, r := range title {
		switch {
		case r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			start = true
		case start:
			b.WriteRune(unicode.ToUpper(r))
			start = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func levelOf(s scan.Severity) text {
	switch {
	case s >= scan.SeverityHigh:
		return "error"
	case s == scan.SeverityMedium:
		return "warning"
	}
	return "note"
}

// securitySeverity maps a severity into the range of CVSS scores that code-scanning services use for it.
func securitySeverity(s scan.Severity) text {
	switch s {
	case scan.SeverityCritical:
		return "9.5"
	case scan.SeverityHigh:
		return "8.0"
	case scan.SeverityMedium:
		return "5.5"
	}
	return "2.0"
}

func resultOf(f *scan.Finding, rules map[ruleKey]int, base string, anySuppressed bool) result {
	out := result{
		RuleID:  text(f.RuleID),
		Level:   levelOf(f.Severity),
		Message: message{Text: text(cmp.Or(f.Message, f.Title, f.RuleID, "finding"))},
		Properties: &properties{
			SecuritySeverity: securitySeverity(f.Severity),
			Severity:         text(f.Severity.String()),
			Confidence:       text(f.Confidence.String()),
			Verified:         text(f.Verified.String()),
			Engine:           text(f.Engine),
			Commit:           text(f.Commit),
		},
	}
	if i, ok := rules[ruleKey{f.Engine, f.RuleID}]; ok {
		out.RuleIndex = new(integer(i))
	}
	if f.Path != "" || f.Related != "" {
		out.Locations = []location{locationOf(f)}
	}
	out.CodeFlows, out.RelatedLocations = flowOf(f)
	if f.Fingerprint != "" {
		out.PartialFingerprints = map[string]text{fingerprintKey: text(f.Fingerprint), occurrenceKey: text(occurrence(f))}
	}
	if base != "" && base != scan.BaseNone {
		out.BaselineState = "unchanged"
		if f.New {
			out.BaselineState = "new"
		}
	}
	if anySuppressed {
		out.Suppressions = &[]suppression{}
		if f.Suppression != nil {
			out.Suppressions = &[]suppression{suppressionOf(f)}
		}
	}
	return out
}

func locationOf(f *scan.Finding) location {
	var out location
	if f.Archive != "" {
		// A region belongs to the artifact, and readers look for the artifact in the repository: the archive is there, its
		// content is not. So the place inside is a logical location.
		out.PhysicalLocation = &physicalLocation{ArtifactLocation: fileAt(f.Archive)}
		out.LogicalLocations = append(out.LogicalLocations, logicalLocation{FullyQualifiedName: text(insidePlace(f)), Kind: "resource"})
	} else if f.Path != "" {
		out.PhysicalLocation = &physicalLocation{ArtifactLocation: fileAt(f.Path)}
		if f.StartLine > 0 {
			out.PhysicalLocation.Region = &region{
				StartLine: integer(f.StartLine), StartColumn: integer(f.StartColumn),
				EndLine: integer(f.EndLine), EndColumn: integer(f.EndColumn),
			}
			if f.Excerpt != "" {
				out.PhysicalLocation.Region.Snippet = &message{Text: text(f.Excerpt)}
			}
		}
	}
	if f.Related != "" && len(f.Flow) == 0 {
		out.LogicalLocations = append(out.LogicalLocations, logicalLocation{FullyQualifiedName: text(f.Related)})
	}
	return out
}

// insidePlace formats a place inside an archive, with its line.
func insidePlace(f *scan.Finding) string {
	if f.StartLine > 0 {
		return f.Path + ":" + strconv.Itoa(f.StartLine)
	}
	return f.Path
}

func fileAt(path string) *artifactLocation {
	return &artifactLocation{URI: text(encodePath(path)), URIBaseID: rootID}
}

// occurrence identifies one finding, while its fingerprint identifies the problem. Services that match results by all
// their fingerprints would otherwise treat two places of one problem as one.
func occurrence(f *scan.Finding) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Fingerprint, f.Path, f.Commit, strconv.Itoa(f.Occurrence)}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func suppressionOf(f *scan.Finding) suppression {
	s := f.Suppression
	out := suppression{Kind: "external", Status: "accepted", Justification: text(s.Reason), Properties: &properties{Kind: text(s.Kind)}}
	if s.Kind == scan.SuppressedInline {
		out.Kind = "inSource"
	}
	path, line := splitSource(s.Source)
	if f.Archive != "" && strings.HasPrefix(path, f.Archive+"!/") {
		line = 0
	}
	if line > 0 {
		out.Location = &location{PhysicalLocation: &physicalLocation{
			ArtifactLocation: fileAt(path), Region: &region{StartLine: integer(line)},
		}}
	} else {
		out.Properties.Source = text(s.Source)
	}
	return out
}

// splitSource splits "config/db.go:12"; the line is 0 if there is none.
func splitSource(source string) (string, int) {
	i := strings.LastIndexByte(source, ':')
	if i <= 0 {
		return source, 0
	}
	line, err := strconv.ParseInt(source[i+1:], 10, 32)
	if err != nil || line < 1 {
		return source, 0
	}
	return source[:i], int(line)
}
