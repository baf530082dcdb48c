package sarif

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

const (
	// DefaultMaxBytes limits the size of a log if the options do not.
	DefaultMaxBytes = 256 << 20
	// MaxResults is the number of results above which a log is refused.
	MaxResults = 1_000_000
)

// The errors that callers can distinguish; each is wrapped with the place and what to do.
var (
	// ErrNotSARIF means that the input is not JSON, or not a SARIF log.
	ErrNotSARIF = errors.New("not a SARIF log")
	// ErrVersion means that Read does not know the version of the log.
	ErrVersion = errors.New("unknown SARIF version")
	// ErrTooLarge means that the log exceeds a limit.
	ErrTooLarge = errors.New("SARIF log is too large")
)

// ReadOptions says how a log is read.
type ReadOptions struct {
	// Root is the absolute path of the scanned tree on the machine where the other tool ran, in that machine's notation.
	// Absolute file addresses below it become relative. Empty means that only the log's own originalUriBaseIds count.
	Root string
	// Roots are other names of the same folder, such as the target of a symlink.
	Roots []string
	// Tree is the content of the scanned tree; nil if it is not known. With it, a place is resolved to the one matching
	// file of the tree, wherever the other tool ran, and a region with offsets gets its lines.
	Tree *Tree
	// Mask returns a text of a result with everything masked that looks like a secret; path is the related file, or empty.
	// Without Mask, the quotations in a message about a secret are masked, and a message that repeats a snippet is dropped.
	Mask func(path, text string) string
	// MaxBytes limits the log's size in UTF-8; 0 means DefaultMaxBytes.
	MaxBytes int64
}

// Run is the result of one run of another tool.
type Run struct {
	// Tool is the driver's name in the log, cleaned, at most 200 bytes; "unknown tool" if it has none.
	Tool string
	// Version is the driver's version, or empty.
	Version string
	// Category is the run's automationDetails.id, or empty.
	Category string
	// Class is the class of problems that the tool looks for.
	Class scan.Class
	// Incomplete says why findings may be missing: the tool says that it failed, keeps results in other files, or lists no
	// results at all without saying that it succeeded. It is empty if there is no such sign. The Notes of Result contain
	// the same text.
	Incomplete string
	// Passed counts the results that report no problem: kinds "pass", "notApplicable" and "informational", level "none",
	// and results of the baseline that the scan no longer finds ("absent").
	Passed int
	// Result has Findings, Rules, Engines, Notes, Commit, Branch and Base. Its findings have Engine [Engine],
	// no Excerpt, no Context, no offsets and no Secret.
	Result *scan.Result
}

// Read reads a log of any tool: SARIF 2.1.0, and the drafts of 2.0 as far as their names are similar, in UTF-8, or in
// UTF-16 with a byte order mark. It returns one Run for each run, in the log's order; a log with an empty list of runs
// gives no Run.
//
// The severity of a result comes from security-severity of the result, then of its rule (9 and above CRITICAL, 7 HIGH, 4
// MEDIUM, above 0 LOW). Otherwise it comes from the level, including overrides of the invocation and the rule's default
// (error HIGH, warning MEDIUM, note LOW; HIGH if a secret scanner gives none). The place is the first location; Related
// names the others. Lines and columns are taken unchanged. If a place is outside the scanned tree, Path is empty and the
// place goes into Related, with a note, so the finding still counts. A missing column is 1 at the start and 0 at the
// end. A finding is suppressed if it has suppressions and all of them are accepted. The fingerprint hashes the tool, the
// rule and the log's own fingerprints, or else rule, path and message, but never the line. For texts, see the section
// about secrets in the package comment.
//
// Errors wrap ErrNotSARIF, ErrVersion or ErrTooLarge, or come from r. They contain no text of the log.
func Read(r io.Reader, options ReadOptions) ([]Run, error) {
	if options.MaxBytes <= 0 {
		options.MaxBytes = DefaultMaxBytes
	}
	text := newSource(r, options.MaxBytes)
	l := &logReader{text: text, json: json.NewDecoder(text), options: options, left: MaxResults}
	if err := l.log(); err != nil {
		return nil, fmt.Errorf("read SARIF: %w", l.explain(err))
	}
	return l.runs, nil
}

// logReader walks one log, so that neither the log nor all of its results are ever in memory as a JSON tree.
type logReader struct {
	text    *source
	json    *json.Decoder
	options ReadOptions
	left    int
	runs    []Run
	// files is made for the first run that needs it.
	files *treeIndex
}

// index returns the view of the tree for a run.
func (l *logReader) index(b *bases) *treeIndex {
	if l.files == nil {
		l.files = newTreeIndex(l.options.Tree, b)
	}
	x := *l.files
	x.bases, x.votes, x.folders, x.known = b, map[string]int{}, map[int]string{}, map[place]settled{}
	return &x
}

// explain turns an error into advice.
func (l *logReader) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, ErrNotSARIF), errors.Is(err, ErrVersion), errors.Is(err, ErrTooLarge):
		return err
	case errors.Is(err, errTooLarge):
		return fmt.Errorf("%w: it has more than %d bytes; let the tool leave out code flows and artifact contents, or split the log by run",
			ErrTooLarge, l.options.MaxBytes)
	case errors.Is(err, io.EOF) && l.text.bytes == 0:
		return fmt.Errorf("%w: it is empty; did the tool that writes it run?", ErrNotSARIF)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends in the middle, at %s; the tool or the copy was interrupted, so run it again",
			ErrNotSARIF, l.end())
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: invalid JSON at %s; give the file that the tool wrote, without its console output",
			ErrNotSARIF, l.text.place(l.json))
	}
	return err
}

func (l *logReader) end() string {
	return fmt.Sprintf("line %d, byte offset %d", l.text.lines+1, l.text.bytes)
}

func (l *logReader) log() error {
	if err := l.open('{', "the log"); err != nil {
		return err
	}
	var seen struct{ version, runs bool }
	for l.json.More() {
		key, err := l.key()
		if err != nil {
			return err
		}
		switch key {
		case "version":
			var version text
			if err := l.decode(&version); err != nil {
				return err
			}
			if !strings.HasPrefix(string(version), "2.") {
				return fmt.Errorf("%w %q: only 2.1.0 is read; ask the tool for SARIF 2.1.0", ErrVersion, short(string(version), 20))
			}
			seen.version = true
		case "runs":
			seen.runs = true
			if err := l.runList(); err != nil {
				return err
			}
		default:
			if err := l.decode(new(ignored)); err != nil {
				return err
			}
		}
	}
	if _, err := l.json.Token(); err != nil {
		return err
	}
	switch {
	case !seen.runs && !seen.version:
		return fmt.Errorf(`%w: it is JSON, but has neither "version" nor "runs"; ask the tool for its SARIF format`, ErrNotSARIF)
	case !seen.runs:
		return fmt.Errorf(`%w: it has no "runs"; the tool stopped before it had any, so look at its own log`, ErrNotSARIF)
	}
	if _, err := l.json.Token(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: there is more text after the log, at %s; write each log to a separate file", ErrNotSARIF, l.text.place(l.json))
	}
	return nil
}

func (l *logReader) runList() error {
	if err := l.open('[', `"runs"`); err != nil {
		return err
	}
	for l.json.More() {
		run, err := l.run()
		if err != nil {
			return err
		}
		l.runs = append(l.runs, run)
	}
	_, err := l.json.Token()
	return err
}

func (l *logReader) run() (Run, error) {
	if err := l.open('{', "a run"); err != nil {
		return Run{}, err
	}
	in := &importer{mask: l.options.Mask}
	for _, root := range append([]string{l.options.Root}, l.options.Roots...) {
		if p := rootPath(root); p != "" {
			in.bases.roots = append(in.bases.roots, p)
		}
	}
	if l.options.Tree != nil {
		in.bases.tree = l.index(&in.bases)
		in.offsets.read = l.options.Tree.Read
	}
	for l.json.More() {
		key, err := l.key()
		if err != nil {
			return Run{}, err
		}
		if err := l.property(in, key); err != nil {
			return Run{}, err
		}
	}
	if _, err := l.json.Token(); err != nil {
		return Run{}, err
	}
	return in.run(), nil
}

func (l *logReader) property(in *importer, key string) error {
	switch key {
	case "tool":
		return in.odd(l.decode(&in.tool))
	case "invocations":
		return in.odd(l.decode(&in.invocations))
	case "originalUriBaseIds":
		return in.odd(l.decode(&in.bases.originals))
	case "artifacts":
		return in.odd(l.decode(&in.bases.artifacts))
	case "versionControlProvenance":
		return in.odd(l.decode(&in.versionControl))
	case "automationDetails":
		return in.odd(l.decode(&in.automation))
	case "columnKind":
		var kind text
		err := in.odd(l.decode(&kind))
		in.offsets.codePoints = kind == "unicodeCodePoints"
		return err
	case "resources":
		return in.odd(l.decode(&in.resources))
	case "externalPropertyFileReferences":
		// Of the parts that a run may keep in other files, only the results matter.
		var elsewhere struct{ Results []json.RawMessage }
		err := in.odd(l.decode(&elsewhere))
		in.external = len(elsewhere.Results) > 0
		in.promised = elsewhere.Results != nil
		return err
	case "results":
		return l.resultList(in)
	}
	return l.decode(new(ignored))
}

func (l *logReader) resultList(in *importer) error {
	// null means that nobody looked for results (3.14.23), as if the list were missing.
	token, err := l.json.Token()
	if err == nil && token == nil {
		return nil
	}
	if err := l.opened(token, err, '[', `"results"`); err != nil {
		return err
	}
	in.hasResults = true
	for l.json.More() {
		if l.left == 0 {
			return fmt.Errorf("%w: it has more than %d results; let the tool leave out what nobody will read, by severity or by path",
				ErrTooLarge, MaxResults)
		}
		l.left--
		var r result
		if err := in.odd(l.decode(&r)); err != nil {
			return err
		}
		in.add(&r)
	}
	_, err = l.json.Token()
	return err
}

// open reads the delimiter at the beginning of the next value.
func (l *logReader) open(want json.Delim, what string) error {
	token, err := l.json.Token()
	return l.opened(token, err, want, what)
}

// opened checks a token that should be a delimiter.
func (l *logReader) opened(token json.Token, err error, want json.Delim, what string) error {
	if err != nil {
		return err
	}
	if token != want {
		kind := map[json.Delim]string{'{': "an object", '[': "a list"}[want]
		return fmt.Errorf("%w: %s is not %s, at %s; ask the tool for SARIF 2.1.0", ErrNotSARIF, what, kind, l.text.place(l.json))
	}
	return nil
}

func (l *logReader) key() (string, error) {
	token, err := l.json.Token()
	if err != nil {
		return "", err
	}
	key, _ := token.(string)
	return key, nil
}

func (l *logReader) decode(v any) error { return l.json.Decode(v) }
