package sbom

import (
	"slices"
	"strings"

	"github.com/github/go-spdx/v2/spdxexp"
)

// maxExpression is the longest text in bytes that is parsed as an expression. No real licence is longer, and the parser
// recurses as deep as the brackets.
const maxExpression = 1000

// maxLicenseName is the length in bytes at which the name of a licence is cut.
const maxLicenseName = 200

// license is a file's statement about a package's licence: an SPDX expression, or other text.
type license struct {
	expression string
	names      []string
}

// licenses caches the parsed texts.
type licenses map[string]string

// expression returns the text as an SPDX expression (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/),
// with a single id in the spelling of the SPDX list; empty if it is not one. It only parses: whether an expression is
// allowed is a question for the detector, and takes time that grows with its brackets.
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

// of combines the licences of one package from different files. All of the statements apply, so several expressions are
// joined by AND; a name counts only if there is no expression.
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

// defined reports whether the expression uses only ids of the SPDX list. For a LicenseRef- the SPDX document would have
// to contain the licence text (10.1), which the tree does not provide.
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
