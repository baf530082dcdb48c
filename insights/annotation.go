package insights

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// annotate makes an annotation of every live finding, drops duplicates and keeps the most important ones. Findings come
// in the order of scan.Compare: by severity, then new before existing, then by confidence, then by path.
func (b *builder) annotate() {
	limit := b.options.MaxAnnotations
	if limit <= 0 || limit > MaxAnnotations {
		limit = MaxAnnotations
	}
	seen := make(map[string]bool)
	badLinks := 0
	for _, bundle := range b.result.Bundles() {
		f := bundle[0]
		id := annotationID(f)
		if seen[id] {
			continue
		}
		seen[id] = true
		if len(b.report.Annotations) == limit {
			b.report.Omitted++
			continue
		}
		a := b.annotation(bundle, id)
		if f.Link != "" && a.Link == "" {
			badLinks++
		}
		b.report.Annotations = append(b.report.Annotations, a)
	}
	if badLinks > 0 {
		b.report.Notes = append(b.report.Notes, fmt.Sprintf("%d links of findings are not public http or https addresses and were left out", badLinks))
	}
}

// annotationID is a stable name: the same problem in the same file keeps its id across runs, even when its line changes.
// All advisories of a package share one annotation, so the id does not depend on which one is the worst today.
func annotationID(f *scan.Finding) string {
	parts := []string{f.Fingerprint, f.RuleFamily(), f.Path, relatedLine().ReplaceAllString(f.Related, "$1"), f.Commit, strconv.Itoa(f.Occurrence)}
	if d := f.Dependency; d != nil && d.IDs != nil {
		parts = []string{"package", f.Path, string(d.Package.Ecosystem), d.Package.Ecosystem.Normal(d.Package.Name)}
	}
	h := sha256.New()
	for _, part := range parts {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return "sluice-" + hex.EncodeToString(h.Sum(nil)[:20])
}

func annotationType(c scan.Class) AnnotationType {
	switch c {
	case scan.ClassBug:
		return Bug
	case scan.ClassSmell:
		return CodeSmell
	}
	return Vulnerability
}

// relatedLine matches the line number after a related place; commas and blanks separate places.
var relatedLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`:\d+(,| |$)`) })

func (b *builder) annotation(bundle scan.Bundle, id string) Annotation {
	f := bundle[0]
	a := Annotation{ID: id, Type: annotationType(f.Class), Severity: f.Severity.String()}
	switch {
	case bundle.Blocks(b.options.Gate):
		a.Result = Failed
	case b.options.Gate.Scope == scan.ScopeNew && !bundle.New():
		a.Result = Ignored
	}
	shown, line := f.Shown()
	place, ok := cleanPath(cmp.Or(f.Archive, shown))
	// The file of a finding in the history may no longer be in the tree. We do not know what Bitbucket does with the path
	// of a missing file, so only the text names it.
	if ok && f.Commit == "" {
		a.Path = place
		// An archive has no lines; the text names the place inside it.
		if f.Archive == "" {
			a.Line = max(line, 0)
		}
	}
	if publicLink(f.Link, b.options.Product) {
		a.Link = f.Link
	}
	a.Summary = Cut(b.summary(bundle), MaxSummary)
	withPlace := a.Path == "" || f.Archive != "" || shown != f.Path || line != f.StartLine
	a.Details = Cut(b.annotationDetails(bundle, withPlace), MaxDetails)
	return a
}

func (b *builder) summary(bundle scan.Bundle) string {
	f := bundle[0]
	text := display.Words(bundle.Title())
	if text == "" {
		text = display.Words(f.Message)
	}
	if text == "" {
		text = cmp.Or(display.Words(f.RuleID), "Finding")
	}
	if f.Commit != "" {
		text += fmt.Sprintf(" in the history: %s at %s", display.Words(f.Path), short(f.Commit))
	} else if f.Archive != "" {
		text += " in " + display.Words(f.Path)
	} else if path, line := f.Shown(); path != f.Path || line != f.StartLine {
		// The annotation stands on a line that the change adds, and not on the line where the data arrives.
		source := &f.Flow[0]
		text += fmt.Sprintf(" in %s:%d, source: %s:%d", display.Words(f.Path), f.StartLine, display.Words(source.Path), source.StartLine)
	} else if len(f.Flow) > 0 {
		text += ", " + display.Words(strings.ToLower(f.Related[:1])+f.Related[1:])
	}
	if b.result.Compared() && bundle.New() {
		text = "New: " + text
	}
	return text
}

func (b *builder) annotationDetails(bundle scan.Bundle, withPlace bool) string {
	f := bundle[0]
	var parts []string
	add := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			parts = append(parts, text)
		}
	}
	// For our own findings the remediation comes first. The help of another tool can be a page long, so there the message
	// about this place comes first.
	help := display.Words(f.Remediation)
	if f.Engine.Info().Foreign {
		help = ""
	}
	add(help)
	if f.Message != f.Title {
		add(f.Message)
	}
	if ids := bundle.IDs(); len(ids) > 1 {
		add("Also: " + strings.Join(ids[1:], ", "))
	}
	if withPlace && f.Path != "" {
		place := "In " + display.Words(f.Path)
		if path, line := f.Shown(); path != f.Path || line != f.StartLine {
			place = "This change lets data arrive in " + display.Words(f.Path)
		}
		if f.Commit != "" {
			place = fmt.Sprintf("In commit %s, file %s; it is no longer in the tree, and still in the history", f.Commit, display.Words(f.Path))
		} else if f.StartLine > 0 {
			place += ", line " + strconv.Itoa(f.StartLine)
		}
		add(place + ".")
	}
	if f.Related != "" {
		label := "Inside: "
		switch {
		case f.Dependency != nil:
			label = "Locked at: "
		case len(f.Flow) > 0:
			label = ""
		}
		add(label + display.Words(f.Related))
	}
	if f.Excerpt != "" {
		add(display.Words(f.Excerpt))
	}
	state := "new"
	if !bundle.New() {
		state = "older than this change"
	}
	if !b.result.Compared() {
		state = "not compared with a base"
	}
	if f.Verified != scan.VerifyNone {
		state = "asked at its provider: " + f.Verified.String() + ", " + state
	}
	add(fmt.Sprintf("Rule %s (%s), confidence %s, %s. "+FingerprintPrefix+"%s", display.Words(f.RuleID), f.Engine, cmp.Or(f.Confidence.String(), "not given"), state, f.Fingerprint))
	if f.Engine.Info().Foreign && f.Remediation != "" && f.Remediation != f.Message {
		const between = "\n\n"
		room := MaxDetails - units(strings.Join(parts, between)) - 2*len(between)
		if room >= minHelp {
			parts = slices.Insert(parts, len(parts)-1, Cut(f.Remediation, room))
		}
	}
	return strings.Join(parts, "\n\n")
}

// FingerprintPrefix begins the last sentence of an annotation's details. That sentence is for machines.
const FingerprintPrefix = "Fingerprint "
