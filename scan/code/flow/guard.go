package flow

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// plainText are methods that hold only for texts of letters and digits.
var plainText = set("isdigit", "isalnum", "isalpha", "isnumeric", "isdecimal", "isidentifier")

// wholeMatches match an expression with a whole text, anywhere find it somewhere.
var (
	wholeMatches = set("fullmatch", "matches")
	anywhere     = set("match", "test", "search", "exec", "MatchString", "find")
)

// guard are the checks of a call that compares a text with constants: nil for none. Only rules that ask for guards have them.
func (w *walk) guard(c *callSite) *checks {
	if !w.options.Guards {
		return nil
	}
	f := w.file
	arg := func(i int) value {
		if i < len(c.arguments) {
			return c.arguments[i].v
		}
		return value{}
	}
	owner := f.Text(c.receiverID)
	switch {
	case plainText[c.name] && len(c.arguments) == 0:
		return checkOf(c.receiver, false)
	case owner == "Number" && (c.name == "isInteger" || c.name == "isSafeInteger"), owner == "slices" && c.name == "Contains" && w.constants(arg(0)):
		return checkOf(arg(len(c.arguments)-1), false)
	case c.name == "isinstance" && f.Language == tree.Python && len(c.arguments) == 2:
		if typ := f.Text(c.arguments[1].id); typ == "int" || typ == "float" || typ == "bool" {
			return checkOf(arg(0), false)
		}
	case c.name == "equals" || c.name == "equalsIgnoreCase":
		return w.compared("==", c.receiver, arg(0))
	case wholeMatches[c.name] || anywhere[c.name]:
		return w.matched(c, wholeMatches[c.name])
	}
	return nil
}

// matched are the checks of a regular expression that says what every character of a text may be.
func (w *walk) matched(c *callSite, all bool) *checks {
	var expression match.Value
	var subject value
	for _, v := range append([]argument{{v: c.receiver}}, c.arguments...) {
		switch k := v.v.known; {
		case k.Kind == match.RegexValue && expression.Kind == match.Unknown:
			expression = k
			if v.v.from != (place{}) && len(c.arguments) == 0 {
				subject = v.v // a matcher, which knows both
			}
		case k.Kind == match.StringValue && !k.Any && expression.Kind == match.Unknown && v.id != tree.None:
			expression = k
		case len(subject.where()) == 0 && len(w.whole(v.v)) > 0:
			subject = v.v
		}
	}
	if !closed(expression.Text, all) {
		return nil
	}
	return checkOf(subject, false)
}

// closed reports whether an expression matches whole texts of characters that it names.
func closed(expression string, all bool) bool {
	if !all {
		inner, begins := strings.CutPrefix(expression, "^")
		if !begins {
			inner, begins = strings.CutPrefix(expression, `\A`)
		}
		end, ends := strings.CutSuffix(inner, "$")
		if !ends {
			end, ends = strings.CutSuffix(inner, `\z`)
		}
		if !ends {
			end, ends = strings.CutSuffix(inner, `\Z`)
		}
		if !begins || !ends {
			return false
		}
		expression = end
	}
	if expression == "" {
		return false
	}
	inClass := false
	for i := 0; i < len(expression); i++ {
		switch b := expression[i]; {
		case b == '\\' && i+1 < len(expression):
			i++
			if strings.IndexByte("SDWs", expression[i]) >= 0 {
				return false
			}
		case b == '[' && !inClass:
			inClass = true
			if i+1 < len(expression) && expression[i+1] == '^' {
				return false
			}
		case b == ']':
			inClass = false
		case !inClass && (b == '.' || b == '|' && !strings.ContainsRune(expression, '(')):
			return false
		}
	}
	return true
}

// compiled is the expression that a call compiles, or a matcher of one; ok is false for any other.
func (w *walk) compiled(c *callSite) (value, bool) {
	switch c.name {
	case "compile", "MustCompile", "RegExp":
		if len(c.arguments) > 0 {
			if k := c.arguments[0].v.known; k.Kind == match.StringValue && !k.Any {
				return value{known: match.Value{Kind: match.RegexValue, Text: k.Text}}, true
			}
		}
	case "matcher":
		if c.receiver.known.Kind == match.RegexValue && len(c.arguments) == 1 {
			return value{known: c.receiver.known, from: c.arguments[0].v.from, taints: w.whole(c.arguments[0].v)}, true
		}
	}
	return value{}, false
}
