package sbom

import (
	"slices"
	"strings"

	"github.com/github/go-spdx/v2/spdxexp"
)

// maxExpression is the longest text in bytes that is read as an expression; what is longer is nobody's licence, and the
// parser goes as deep as its brackets.
const maxExpression = 1000

// maxLicenseName is where the name of a licence is cut, in bytes.
const maxLicenseName = 200

// license is what a file says of a package's licence: an SPDX expression, or what is none.
type license struct {
	expression string
	names      []string
}

// licenses reads what files say, each text once.
type licenses map[string]string

// expression gives the text as an SPDX expression (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/), with
// a single id in the list's own spelling; empty when it is none. It parses only: what an expression allows is the
// detector's question, and takes time that grows with its brackets.
func (l licenses) expression(text string) string {
	if known, ok := l[text]; ok {
		return known
	}
	expression := ""
	if trimmed := strings.TrimSpace(text); trimmed != "" && len(trimmed) <= maxExpression {
		if normal, bad := spdxexp.ValidateAndNormalizeLicensesWithOptions([]string{trimmed}, spdxexp.ValidateLicensesOptions{}); len(bad) == 0 && len(normal) == 1 {
			expression = trimmed
			if !strings.ContainsAny(trimmed, " ()") {
				expression = normal[0]
			}
		}
	}
	l[text] = expression
	return expression
}

// of brings the licences of one package together, as different files tell them. What each says holds, so that several
// expressions are all of them; a name counts only where there is no expression.
func (l licenses) of(texts []string) license {
	var expressions, names []string
	for _, text := range texts {
		if expression := l.expression(text); expression != "" {
			expressions = append(expressions, expression)
		} else if name := valid(clean(strings.TrimSpace(text))); name != "" {
			names = append(names, cut(name, maxLicenseName))
		}
	}
	expressions, names = distinct(expressions), distinct(names)
	switch len(expressions) {
	case 0:
		return license{names: names}
	case 1:
		return license{expression: expressions[0]}
	}
	return license{expression: "(" + strings.Join(expressions, ") AND (") + ")"}
}

// defined reports whether the expression needs nothing but the list of licences. One of a document's own (LicenseRef-)
// would have to stand in the SPDX document with its text (10.1), which the tree does not tell.
func (l *license) defined() bool {
	lower := strings.ToLower(l.expression)
	return l.expression != "" && !strings.Contains(lower, "licenseref-") && !strings.Contains(lower, "documentref-")
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
