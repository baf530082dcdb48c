package code

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/tree"
	"github.com/sluice-scan/sluice/scan/display"
)

// Foreign says which comments of other tools allow findings.
type Foreign string

// The choices.
const (
	// ForeignDefault are those of Bandit and gosec: a bare one, or one that names a check for the same weakness.
	ForeignDefault Foreign = "default"
	// ForeignAll are besides those of SonarQube and ESLint.
	ForeignAll Foreign = "all"
	// ForeignOff allows nothing by comments of other tools.
	ForeignOff Foreign = "off"
)

// words are in every comment that the choice reads.
func (f Foreign) words() []string {
	switch f {
	case ForeignOff:
		return nil
	case ForeignAll:
		return []string{"nosec", "nolint", "gosec:disable", "nosonar", "eslint-disable", "suppresswarnings"}
	}
	return []string{"nosec", "nolint", "gosec:disable"}
}

// foreignComments are the forms of the comments: those of Bandit and gosec with the ids behind, golangci-lint's with its
// linters, gosec's newer one, SonarQube's, and ESLint's with its rules.
// Sources: https://bandit.readthedocs.io/en/latest/config.html#exclusions, https://github.com/securego/gosec#annotating-code,
// https://golangci-lint.run/docs/linters/false-positives, https://docs.sonarsource.com/sonarqube-server/user-guide/issues/managing,
// https://eslint.org/docs/latest/use/configure/rules#disabling-rules
var (
	noSec    = regexp.MustCompile(`(?:^|[\s#/*])#?\s*nosec\b:?([^#]*)`)
	noLint   = regexp.MustCompile(`^//\s*nolint:([\w,\s-]*)`)
	goSec    = regexp.MustCompile(`gosec:disable\b([^#]*)`)
	noSonar  = regexp.MustCompile(`\bNOSONAR\b`)
	noESLint = regexp.MustCompile(`\beslint-disable(-next-line|-line)?\b([^*]*)`)
	// checkID is the id of a check of Bandit or gosec.
	checkID = regexp.MustCompile(`\b[BG]\d{3}\b`)
)

// foreign is the suppression by a comment of another tool, or nil. Behind "--" or "//" is the reason.
func (e *examination) foreign(f *scan.Finding, text string, made func(reason string) *scan.Suppression) *scan.Suppression {
	choice := e.detector.options.Foreign
	if choice == ForeignOff || e.tree == nil {
		return nil
	}
	if at := noSec.FindStringSubmatch(text); at != nil && (e.tree.Language == tree.Python || e.tree.Language == tree.Go) {
		if names := checkID.FindAllString(at[1], -1); allows(f, names, checks) {
			return made(reasonOf(at[1]))
		}
		return nil
	}
	if e.tree.Language == tree.Go {
		if at := noLint.FindStringSubmatch(text); at != nil && slices.ContainsFunc(strings.Split(at[1], ","), func(name string) bool { return strings.TrimSpace(name) == "gosec" }) {
			_, reason, _ := strings.Cut(text[2:], "//")
			return made(reasonOf("--" + reason))
		}
		if at := goSec.FindStringSubmatch(text); at != nil && allows(f, checkID.FindAllString(at[1], -1), checks) {
			return made(reasonOf(at[1]))
		}
	}
	if choice != ForeignAll {
		return nil
	}
	if noSonar.MatchString(text) {
		return made("")
	}
	if at := noESLint.FindStringSubmatch(text); at != nil && e.tree.Language == tree.JavaScript {
		names, reason, _ := strings.Cut(at[2], "--")
		if allows(f, strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }), eslintRules) {
			return made(reasonOf("--" + reason))
		}
	}
	return nil
}

// allows reports whether a list of names allows a finding: an empty list, or one with a name for the finding's weakness.
func allows(f *scan.Finding, names []string, known map[string][]string) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc(known[name], func(cwe string) bool { return slices.Contains(f.Weaknesses, "CWE-"+cwe) })
	})
}

// reasonOf is the reason behind "--"; "" without one.
func reasonOf(text string) string {
	_, reason, _ := strings.Cut(text, "--")
	return strings.Trim(display.Code([]byte(reason)), " \t-*/>")
}

// sonarWarnings is Java's annotation, with the rules of SonarQube.
var sonarWarnings = regexp.MustCompile(`(?:java|squid):(S\d+)`)

// warnings is the suppression by the annotation @SuppressWarnings on a declaration around the finding, or nil. It counts
// only with rules of SonarQube for the same weakness: the compiler has warnings of its own.
func (e *examination) warnings(f *scan.Finding) *scan.Suppression {
	if e.detector.options.Foreign != ForeignAll || e.tree == nil || e.tree.Language != tree.Java || !strings.Contains(e.source, "@SuppressWarnings") {
		return nil
	}
	for id := tree.Root + 1; int(id) < len(e.tree.Nodes); id++ {
		n := &e.tree.Nodes[id]
		if int(n.Start) > f.Start {
			break
		}
		if int(n.End) < f.End {
			continue
		}
		for child := range e.tree.Children(id) {
			if e.tree.Kind(child) != tree.Decorator || !strings.HasPrefix(e.tree.At(child), "@SuppressWarnings") {
				continue
			}
			for _, at := range sonarWarnings.FindAllStringSubmatch(e.tree.At(child), -1) {
				if allows(f, at[1:], sonarRules) {
					return &scan.Suppression{Kind: scan.SuppressedInline, Source: fmt.Sprintf("%s:%d", e.path, e.line(int(e.tree.Nodes[child].Start)))}
				}
			}
		}
	}
	return nil
}

// checks are the weaknesses of the checks of Bandit and gosec, from the documents of both.
// Sources: https://bandit.readthedocs.io/en/latest/plugins/index.html, https://github.com/securego/gosec#available-rules
var checks = map[string][]string{
	"B102": {"78", "94", "95"}, "B103": {"276", "732"}, "B104": {"200", "605", "668", "1327"}, "B105": {"259", "798"}, "B106": {"259", "798"}, "B107": {"259", "798"}, "B108": {"377"},
	"B201": {"94", "215", "489"}, "B202": {"22"}, "B301": {"502"}, "B302": {"502"}, "B303": {"327", "328", "916"}, "B304": {"326", "327"}, "B305": {"326", "327"},
	"B306": {"377"}, "B307": {"78", "94", "95"}, "B308": {"79", "80"}, "B310": {"22", "918"}, "B311": {"330", "338"}, "B312": {"319"},
	"B313": {"611", "776"}, "B314": {"611", "776"}, "B315": {"611", "776"}, "B316": {"611", "776"}, "B317": {"611", "776"}, "B318": {"611", "776"}, "B319": {"611", "776"}, "B320": {"611", "776"},
	"B321": {"319"}, "B323": {"295"}, "B324": {"327", "328", "916"}, "B403": {"502"}, "B404": {"78"}, "B501": {"295"}, "B502": {"326", "327"}, "B503": {"326", "327"}, "B504": {"326", "327"},
	"B505": {"326"}, "B506": {"502"}, "B507": {"295"}, "B601": {"78"}, "B602": {"78", "88"}, "B603": {"78", "88"}, "B604": {"78", "88"}, "B605": {"78", "88"}, "B606": {"78", "88"},
	"B607": {"78", "426"}, "B608": {"89"}, "B609": {"78", "155"}, "B610": {"89"}, "B611": {"89"}, "B612": {"94"}, "B614": {"502"}, "B701": {"79", "94", "1336"}, "B702": {"79"}, "B703": {"79", "80"},
	"G101": {"259", "321", "798"}, "G102": {"200", "605", "1327"}, "G103": {"242"}, "G104": {"391", "703"}, "G106": {"295", "322"}, "G107": {"88", "918"}, "G108": {"200", "489"}, "G110": {"409"}, "G111": {"22"}, "G112": {"400"}, "G109": {"190", "681"}, "G113": {"444"}, "G114": {"400", "676"},
	"G115": {"190", "681"}, "G117": {"200", "499"}, "G118": {"400", "772", "835"}, "G119": {"200", "522"}, "G120": {"400", "770"}, "G121": {"346", "942"}, "G122": {"59", "367"}, "G408": {"287"}, "G601": {"118"}, "G602": {"118", "125"},
	"G201": {"89"}, "G202": {"89"}, "G203": {"79"}, "G204": {"78", "88"}, "G301": {"276", "732"}, "G302": {"276", "732"}, "G303": {"377"}, "G304": {"22"}, "G305": {"22"}, "G306": {"276", "732"}, "G307": {"276", "732"},
	"G401": {"326", "327", "328", "916"}, "G402": {"295", "297", "326", "327"}, "G403": {"310", "326"}, "G404": {"330", "338"}, "G405": {"327"}, "G406": {"327", "328"}, "G407": {"323", "329", "1204"},
	"G501": {"327", "328", "916"}, "G502": {"327"}, "G503": {"327"}, "G504": {"327"}, "G505": {"327", "328", "916"}, "G506": {"327", "328"}, "G507": {"327", "328"},
	"G701": {"89"}, "G702": {"78", "88"}, "G703": {"22"}, "G704": {"918"}, "G705": {"79"}, "G706": {"117"},
}

// eslintRules are the weaknesses of rules of ESLint and its plugins.
// Sources: https://github.com/eslint-community/eslint-plugin-security#rules, https://eslint.org/docs/latest/rules
var eslintRules = map[string][]string{
	"no-eval": {"94", "95"}, "no-implied-eval": {"94", "95"}, "no-new-func": {"94", "95"}, "no-script-url": {"79"}, "react/no-danger": {"79"},
	"security/detect-child-process": {"78"}, "security/detect-eval-with-expression": {"94", "95"}, "security/detect-non-literal-fs-filename": {"22"},
	"security/detect-non-literal-regexp": {"1333"}, "security/detect-unsafe-regex": {"1333"}, "security/detect-non-literal-require": {"22", "94"},
	"security/detect-object-injection": {"915", "1321"}, "security/detect-pseudoRandomBytes": {"330", "338"}, "security/detect-possible-timing-attacks": {"208"},
	"security/detect-no-csrf-before-method-override": {"352"}, "security/detect-disable-mustache-escape": {"79"},
}

// sonarRules are the weaknesses of SonarQube's rules for Java. Source: https://rules.sonarsource.com/java
var sonarRules = map[string][]string{
	"S2076": {"78", "88"}, "S2077": {"89"}, "S3649": {"89"}, "S2083": {"22"}, "S6096": {"22"}, "S5131": {"79"}, "S5135": {"502"}, "S2755": {"611"}, "S5144": {"918"}, "S5146": {"601"},
	"S2078": {"90"}, "S2091": {"643"}, "S2245": {"330", "338"}, "S4790": {"327", "328", "916"}, "S5542": {"327"}, "S5547": {"327"}, "S4426": {"326"}, "S4830": {"295"}, "S5527": {"297"},
	"S2092": {"614"}, "S3330": {"1004"}, "S5145": {"117"}, "S2631": {"1333"}, "S5852": {"1333"}, "S6287": {"384"}, "S4502": {"352"}, "S5122": {"942"}, "S2068": {"259", "798"}, "S5344": {"916"}, "S5443": {"377"},
}
