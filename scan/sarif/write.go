package sarif

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/jsonstream"
	"github.com/sluice-scan/sluice/scan/weblink"
)

const (
	schemaURI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	version   = "2.1.0"
	// toolName is the driver's name; Read recognizes our own logs by it.
	toolName = "sluice"
	// rootID is the base of every written path: the root of the scanned tree. Its location on the machine is not written,
	// so the same commit gives the same log everywhere.
	rootID = "%SRCROOT%"

	fingerprintKey = "sluiceFingerprint/v1"
	occurrenceKey  = "sluiceOccurrence/v1"
)

// WriteOptions are the contents of a log besides the result. The zero value omits all of them.
type WriteOptions struct {
	// Version is the version of this program.
	Version string
	// InformationURI is the http(s) address of the program's home page.
	InformationURI string
	// RepositoryURI is the http(s) or ssh address of the scanned repository. Without it there is no
	// versionControlProvenance, because the standard (3.23) requires it there.
	RepositoryURI string
	// Category separates several logs of one commit (automationDetails.id is "<Category>/<commit>"); empty means "sluice".
	Category string
}

// Write writes result as a SARIF 2.1.0 log with one run and one result per line. The bytes depend only on the arguments:
// times and durations are left out. Findings are written one by one, in the order of result.Findings, so memory does not
// grow with their number. Bytes of a path that are not valid UTF-8 are percent-encoded. The only errors are w's.
func Write(w io.Writer, result *scan.Result, options WriteOptions) error {
	out := writer{jsonstream.NewWriter(w)}
	out.run(result, options)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write SARIF: %w", err)
	}
	return nil
}

// writer keeps the first error, so that the code reads in the order of the output.
type writer struct{ *jsonstream.Writer }

func (w writer) property(name string, v any) {
	w.Raw(",\n" + `"` + name + `":`)
	w.Value(v)
}

func (w writer) run(r *scan.Result, options WriteOptions) {
	w.Raw(`{"$schema":"` + schemaURI + `","version":"` + version + `","runs":[{` + "\n" + `"tool":`)
	notes := notifications(r)
	w.Value(tool{Driver: driver(r, notes, options)})
	w.property("invocations", []invocation{{ExecutionSuccessful: new(r.Complete()), ToolExecutionNotifications: notes}})
	w.property("originalUriBaseIds", map[string]artifactLocation{
		rootID: {Description: &message{Text: "The root of the scanned tree."}},
	})
	if options.RepositoryURI != "" {
		w.property("versionControlProvenance", []versionControl{{
			RepositoryURI: text(options.RepositoryURI), RevisionID: text(r.Commit), Branch: text(r.Branch),
		}})
	}
	w.property("automationDetails", automation{ID: text(cmp.Or(options.Category, toolName) + "/" + r.Commit)})
	w.Raw(",\n" + `"columnKind":"utf16CodeUnits"`)
	w.Raw(",\n" + `"results":[`)

	index := ruleIndex(r.Rules)
	anySuppressed := r.Suppressed() > 0
	for i := range r.Findings {
		if i > 0 {
			w.Raw(",")
		}
		w.Raw("\n")
		w.Value(resultOf(&r.Findings[i], index, r.Base.Kind, anySuppressed))
	}
	w.Raw("\n]}]}\n")
}

var semantic = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)
})

func driver(r *scan.Result, notes []notification, options WriteOptions) component {
	d := component{
		Name:           toolName,
		Version:        text(options.Version),
		InformationURI: text(weblink.Safe(options.InformationURI)),
		Rules:          make([]rule, 0, len(r.Rules)),
	}
	if match := semantic().FindStringSubmatch(options.Version); match != nil {
		d.SemanticVersion = text(match[1])
	}
	for i := range r.Rules {
		d.Rules = append(d.Rules, ruleOf(&r.Rules[i]))
	}
	seen := map[text]bool{}
	for _, note := range notes {
		if id := note.Descriptor.ID; !seen[id] {
			seen[id] = true
			d.Notifications = append(d.Notifications, rule{ID: id})
		}
	}
	return d
}

// ruleKey identifies a rule among all engines: two tools may use the same id.
type ruleKey struct {
	engine scan.Engine
	id     string
}

// ruleIndex maps a rule to its position; the first one with a key wins.
func ruleIndex(rules []scan.Rule) map[ruleKey]int {
	index := make(map[ruleKey]int, len(rules))
	for i := range rules {
		key := ruleKey{rules[i].Engine, rules[i].ID}
		if _, taken := index[key]; !taken {
			index[key] = i
		}
	}
	return index
}

// notifications lists what the scan could not do, worst first.
func notifications(r *scan.Result) []notification {
	var out []notification
	add := func(id, level, path, words string) {
		n := notification{Descriptor: &reference{ID: text(id)}, Level: text(level), Message: message{Text: text(words)}}
		if path != "" {
			n.Locations = []location{{PhysicalLocation: &physicalLocation{ArtifactLocation: fileAt(path)}}}
		}
		out = append(out, n)
	}
	for _, f := range r.Unread {
		add("unread", "error", f.Path, failureText(f))
	}
	for _, f := range r.Failures {
		add("failure", "error", f.Path, failureText(f))
	}
	for _, n := range r.Notes {
		add(cmp.Or(n.Code, "note"), "note", "", cmp.Or(n.Text, n.Code, "note"))
	}
	return out
}

func failureText(f scan.Failure) string {
	words := "could not be read"
	if f.Err != nil {
		words = f.Err.Error()
	}
	if f.Engine != "" {
		return string(f.Engine) + ": " + words
	}
	return words
}
