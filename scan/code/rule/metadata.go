package rule

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan"
)

// maxWords bounds a list of metadata.
const maxWords = 100

// cweNumber finds the number of a weakness, as in "CWE-89: Improper ..." and "cwe: 89".
var cweNumber = regexp.MustCompile(`(?i)^\s*(?:cwe[-\s:]*)?0*([0-9]{1,5})\b`)

// metadata reads what a rule says of itself. Nothing here changes what the rule finds, so that nothing is refused: a value
// of another form than expected is not kept.
func (r *reader) metadata(v value) Metadata {
	var m Metadata
	if r.isNull(v) {
		return m
	}
	n := r.resolve(v.node)
	if n.Kind != yaml.MappingNode {
		r.refuse(v, "%s is a mapping: keys, each with a colon", named(v))
		return m
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		words := r.words(n.Content[i+1])
		if len(words) == 0 {
			continue
		}
		switch strings.ToLower(n.Content[i].Value) {
		case "cwe", "cwes", "cwe-id", "cwe_id":
			for _, word := range words {
				if found := cweNumber.FindStringSubmatch(word); found != nil && !slices.Contains(m.CWE, "CWE-"+found[1]) {
					m.CWE = append(m.CWE, "CWE-"+found[1])
				}
			}
		case "owasp":
			m.OWASP = words
		case "references", "reference":
			m.References = append(m.References, words...)
		case "technology":
			m.Technology = words
		case "category":
			m.Category = words[0]
		case "confidence":
			m.Confidence = confidences[strings.ToUpper(words[0])]
		case "likelihood":
			m.Likelihood = grades[strings.ToUpper(words[0])]
		case "impact":
			m.Impact = grades[strings.ToUpper(words[0])]
		}
	}
	return m
}

var confidences = map[string]scan.Confidence{"LOW": scan.ConfidenceLow, "MEDIUM": scan.ConfidenceMedium, "HIGH": scan.ConfidenceHigh}

var grades = map[string]scan.Severity{"LOW": scan.SeverityLow, "MEDIUM": scan.SeverityMedium, "HIGH": scan.SeverityHigh}

// words gives a text, or the texts of a list.
func (r *reader) words(n *yaml.Node) []string {
	n = r.resolve(n)
	if r.visits += len(n.Content); r.visits > r.allowed {
		return nil
	}
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag != "!!null" && n.Value != "" {
			return []string{n.Value}
		}
	case yaml.SequenceNode:
		var all []string
		for _, item := range n.Content[:min(len(n.Content), maxWords)] {
			if item = r.resolve(item); item.Kind == yaml.ScalarNode && item.Tag != "!!null" && item.Value != "" {
				all = append(all, item.Value)
			}
		}
		return all
	}
	return nil
}
