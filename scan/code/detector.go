package code

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
)

// Engine is the name of this engine.
const Engine scan.Engine = "code"

// version changes when the same rules find something else in the same file, so that caches begin anew.
const version = "1"

// RuleFile is a file of rules in semgrep's format. Name is for messages.
type RuleFile struct {
	Name string
	Data []byte
	// Pack says that the rules are of a pack: of two of their findings of one weakness at one place only the more severe one stays.
	Pack bool
}

// Options say what a detector does. The zero value has no rules.
type Options struct {
	// Files are the rules to run.
	Files []RuleFile
	// Disable are the ids of rules that are not run.
	Disable []string
	// AcceptSkipped accepts that rules are not run. Otherwise a scan of a tree with files for such rules is incomplete.
	AcceptSkipped bool
	// IncludeGenerated also examines files that programs wrote, minified ones, and folders of others' code.
	IncludeGenerated bool
	// Foreign says which comments of other tools allow findings. "" means [ForeignDefault].
	Foreign Foreign
	// Ignore is a .semgrepignore: files that no rule looks at. Nil leaves no file out.
	Ignore []byte
	// Jobs is how many goroutines follow data across files. 0 means the number of processors.
	Jobs int
	// Now gives the date for rules that compare with today. Nil means time.Now.
	Now func() time.Time
}

// Rule is a rule with the name of its file.
type Rule struct {
	*rule.Rule
	Source string
}

// Detector finds insecure code by rules. It is immutable and safe for concurrent use.
type Detector struct {
	options Options
	rules   []Rule
	set     *search.Set
	// described are the rules for reports, by id. The first rule of an id describes all of them.
	described map[string]scan.Rule
	refused   []rule.Refusal
	skipped   []string
	unknown   []string
	// pack are the ids of the rules of packs.
	pack map[string]bool
	// without counts the rules of each language without a front end. A rule for several languages counts for each of them.
	without map[rule.Language]int
	// ruled are the languages for which a rule runs.
	ruled map[rule.Language]bool
	key   string
	// anyFile says that a rule looks at files of any kind.
	anyFile bool
	// ignore are the files of Options.Ignore, and unread its lines that cannot be read.
	ignore ignoreList
	unread []string
	// taint are the numbers of the taint rules, and flows says that there is one.
	taint  map[*rule.Rule]int
	flows  bool
	memory *memory
}

// New makes a detector. It does not run a rule that it cannot run as it is written: see [Detector.Refused] and
// [Detector.Skipped].
func New(options Options) *Detector {
	d := &Detector{options: options, described: map[string]scan.Rule{}, pack: map[string]bool{}, without: map[rule.Language]int{}}
	if d.options.Now == nil {
		d.options.Now = time.Now
	}
	d.ignore, d.unread = parseIgnore(options.Ignore)
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s %t %q %s %q\n", version, options.IncludeGenerated, options.Disable, options.Foreign, options.Ignore) // a hash never fails
	absent := map[rule.Language]int{}
	named := map[string]bool{}
	for _, file := range options.Files {
		_, _ = fmt.Fprintf(sum, "%x\n", sha256.Sum256(file.Data))
		rules, refused := rule.Parse(file.Name, file.Data)
		for i := range refused {
			named[refused[i].RuleID] = true
			if !slices.Contains(options.Disable, refused[i].RuleID) {
				d.refused = append(d.refused, refused[i])
			}
		}
		for _, r := range rules {
			r = onePython(r)
			named[r.ID] = true
			if slices.Contains(options.Disable, r.ID) {
				continue
			}
			for _, l := range r.Languages {
				if !hasFront(l) {
					d.without[l]++
				}
			}
			switch {
			case !slices.ContainsFunc(r.Languages, hasFront):
				absent[r.Languages[0]]++
			default:
				d.pack[r.ID] = d.pack[r.ID] || file.Pack
				d.rules = append(d.rules, Rule{r, file.Name})
			}
		}
	}
	d.key = hex.EncodeToString(sum.Sum(nil)[:16])
	for language, count := range absent {
		d.skipped = append(d.skipped, fmt.Sprintf("%s (%s)", language, scan.Plural(count, "rule", "rules")))
	}
	slices.Sort(d.skipped)
	for _, id := range options.Disable {
		if !named[id] {
			d.unknown = append(d.unknown, id)
		}
	}
	d.compile()
	return d
}

// compile makes the rules ready to run.
func (d *Detector) compile() {
	var all []*rule.Rule
	for _, r := range d.rules {
		all = append(all, r.Rule)
	}
	set, refused := search.NewSet(all, languages)
	d.set = set
	bad := map[string]bool{}
	for _, f := range refused {
		at := slices.IndexFunc(d.rules, func(r Rule) bool { return r.ID == f.RuleID })
		if at >= 0 {
			f.Source = d.rules[at].Source
		}
		bad[f.RuleID] = true
		d.refused = append(d.refused, f)
	}
	d.rules = slices.DeleteFunc(d.rules, func(r Rule) bool { return bad[r.ID] })
	d.ruled = map[rule.Language]bool{}
	d.taint, d.memory = map[*rule.Rule]int{}, newMemory()
	for _, r := range d.rules {
		if r.Taint != nil {
			d.taint[r.Rule] = len(d.taint)
			d.flows = true
		}
		if _, taken := d.described[r.ID]; !taken {
			d.described[r.ID] = describe(r.Rule)
		}
		d.anyFile = d.anyFile || anyFile(r.Rule)
		for _, l := range r.Languages {
			d.ruled[l] = true
		}
	}
}

// hasFront reports whether files of a language can be examined.
func hasFront(l rule.Language) bool {
	return l == rule.LanguageGeneric || l == rule.LanguageRegex || slices.ContainsFunc(languages, func(known search.Language) bool { return known.Name == l })
}

// anyFile reports whether a rule looks at files of any kind.
func anyFile(r *rule.Rule) bool {
	return slices.Contains(r.Languages, rule.LanguageGeneric) || slices.Contains(r.Languages, rule.LanguageRegex)
}

// onePython gives a rule for a version of Python as one for Python: one front end reads all versions.
func onePython(r *rule.Rule) *rule.Rule {
	if !slices.ContainsFunc(r.Languages, func(l rule.Language) bool { return strings.HasPrefix(string(l), "python") && l != "python" }) {
		return r
	}
	one := *r
	one.Languages = nil
	for _, l := range r.Languages {
		if l == "python2" || l == "python3" {
			l = "python"
		}
		if !slices.Contains(one.Languages, l) {
			one.Languages = append(one.Languages, l)
		}
	}
	return &one
}

// Engine implements [scan.Detector].
func (d *Detector) Engine() scan.Engine { return Engine }

// Wants implements [scan.Detector].
func (d *Detector) Wants() scan.Wants { return scan.Wants{Files: true} }

// Key implements [scan.Keyed].
func (d *Detector) Key() string { return d.key }

// Begin implements [scan.Detector].
func (d *Detector) Begin() scan.Pass { return newPass(d) }

// Rules implements [scan.Detector].
func (d *Detector) Rules() []scan.Rule {
	list := make([]scan.Rule, 0, len(d.described))
	for _, r := range d.described {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b scan.Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Active lists the rules that run, ordered by id. Callers must not change them.
func (d *Detector) Active() []Rule {
	list := slices.Clone(d.rules)
	slices.SortStableFunc(list, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Refused lists the rules that are not run because something in them cannot be honoured, in the order of the files.
func (d *Detector) Refused() []rule.Refusal { return d.refused }

// Skipped lists the languages whose rules are not run because this version has no front end for them, each with the number
// of its rules, ordered by name.
func (d *Detector) Skipped() []string { return d.skipped }

// IgnoreUnread lists the lines of Options.Ignore that are no patterns.
func (d *Detector) IgnoreUnread() []string { return d.unread }

// Unknown lists the ids in Disable that no rule has.
func (d *Detector) Unknown() []string { return d.unknown }
