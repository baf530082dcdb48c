package variable

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// itemEnd ends each item of a list whose items may contain commas and line ends: the arrays of pipes, repeated flags,
// arguments. An environment variable cannot contain it.
const itemEnd = "\x00"

// Items joins items to the value of a list variable. Each item stays one item, even if it contains commas.
func Items(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return strings.Join(items, itemEnd) + itemEnd
}

// Tidy removes accidental parts of a value: white space around it, and one pair of quotes, which some configuration
// files keep.
func Tidy(value string) string {
	value = trim(value)
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] && !strings.Contains(value[1:n-1], value[:1]) {
		value = trim(value[1 : n-1])
	}
	return value
}

func trim(value string) string {
	return strings.TrimFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
}

// reference matches a value that is only a reference to a variable: $NAME, ${NAME}, $(NAME).
var reference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\$(?:[A-Z_][A-Z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|\([A-Za-z_][A-Za-z0-9_.]*\))$`)
})

// said reports whether a value counts as set. A literal $NAME does not count: it is what remains if someone passes on a
// variable that does not exist.
func said(value string) bool {
	value = Tidy(value)
	return value != "" && !reference().MatchString(value)
}

// Unexpanded returns a sentence for each variable of a list whose value is a literal $NAME, in the list's order.
func Unexpanded(lookup Lookup, variables []Variable) []string {
	var list []string
	for _, v := range variables {
		value, ok := lookup(v.Name)
		if value = Tidy(value); ok && reference().MatchString(value) {
			list = append(list, fmt.Sprintf("%s counts as not set, because its value is the text %s: there is no variable of that name where it is passed on", v.Name, value))
		}
	}
	return list
}
