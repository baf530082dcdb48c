package flow

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// textMethod is a method of a constant text with constant arguments. ok is false for any other call.
func (w *walk) textMethod(c *callSite) (result value, ok bool) {
	text := c.receiver.known
	if text.Kind != match.StringValue || text.Any || len(c.receiver.may) > 0 || len(c.arguments) > 2 {
		return value{}, false
	}
	soft := c.receiver.soft
	var constants []match.Value
	for _, a := range c.arguments {
		k := a.v.known
		if k.Any || k.Kind != match.StringValue && k.Kind != match.NumberValue {
			return value{}, false
		}
		soft |= a.v.soft
		constants = append(constants, k)
	}
	known := textResult(w.file.Language, c.name, text.Text, constants)
	if known.Kind == match.Unknown || len(known.Text) > maxConstant {
		return value{}, false
	}
	result = value{known: known, soft: soft}
	if known.Kind == match.StringValue {
		result.taints = c.receiver.taints.at(w.site(c.id))
	}
	return result, true
}

// textResult evaluates a method of a text of Java, JavaScript or Python. Positions are known in texts of ASCII alone, where all
// languages count them alike.
func textResult(l tree.Language, method, text string, arguments []match.Value) match.Value {
	of := func(s string) match.Value { return match.Value{Kind: match.StringValue, Text: s} }
	switch len(arguments) {
	case 0:
		switch method {
		case "toUpperCase", "upper":
			return of(strings.ToUpper(text))
		case "toLowerCase", "lower":
			return of(strings.ToLower(text))
		case "trim", "strip":
			return of(strings.TrimSpace(text))
		case "toString", "intern":
			return of(text)
		case "isEmpty":
			return truthValue(text == "")
		case "isBlank":
			return truthValue(strings.TrimSpace(text) == "")
		case "length":
			if ascii(text) {
				return numberValue(len(text))
			}
		}
		return match.Value{}
	case 2:
		if arguments[0].Kind == match.StringValue && arguments[1].Kind == match.StringValue && method == "replace" && len(text) <= maxConstant && len(arguments[1].Text) <= 64 {
			count := -1
			if l == tree.JavaScript || l == tree.TypeScript {
				count = 1
			}
			return of(strings.Replace(text, arguments[0].Text, arguments[1].Text, count))
		}
	case 1:
		if other := arguments[0]; other.Kind == match.StringValue {
			return compareTexts(method, text, other.Text)
		}
	}
	return textPart(method, text, arguments)
}

// compareTexts evaluates a method of a text that has another one as its argument.
func compareTexts(method, text, other string) match.Value {
	switch method {
	case "equals":
		return truthValue(text == other)
	case "equalsIgnoreCase":
		return truthValue(strings.EqualFold(text, other))
	case "startsWith", "startswith":
		return truthValue(strings.HasPrefix(text, other))
	case "endsWith", "endswith":
		return truthValue(strings.HasSuffix(text, other))
	case "contains", "includes":
		return truthValue(strings.Contains(text, other))
	case "indexOf", "find":
		if ascii(text) {
			return numberValue(strings.Index(text, other))
		}
	case "lastIndexOf", "rfind":
		if ascii(text) {
			return numberValue(strings.LastIndex(text, other))
		}
	case "concat":
		return match.Value{Kind: match.StringValue, Text: text + other}
	}
	return match.Value{}
}

// textPart evaluates a method that takes a part of a text by positions.
func textPart(method, text string, arguments []match.Value) match.Value {
	var at []int
	for _, a := range arguments {
		n, err := strconv.Atoi(a.Text)
		if err != nil || n < 0 || n > len(text) || !ascii(text) {
			return match.Value{}
		}
		at = append(at, n)
	}
	switch {
	case method == "charAt" && len(at) == 1 && at[0] < len(text):
		at = append(at, at[0]+1)
	case method != "substring":
		return match.Value{}
	case len(at) == 1:
		at = append(at, len(text))
	}
	if at[0] > at[1] {
		return match.Value{}
	}
	return match.Value{Kind: match.StringValue, Text: text[at[0]:at[1]]}
}

func ascii(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
