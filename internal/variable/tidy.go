package variable

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// itemEnd stands behind each item of a list whose items may hold commas and line ends: the arrays of pipes, repeated flags,
// arguments. No value of an environment can hold it.
const itemEnd = "\x00"

// Items makes one value of a list variable of items, each of which is one, commas and all.
func Items(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return strings.Join(items, itemEnd) + itemEnd
}

// Tidy takes off what people add to a value without meaning it: white space around it, and one pair of quotes, which some
// places where variables are written keep.
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

// reference matches a value that is nothing but the name of a variable: $NAME, ${NAME}, $(NAME).
var reference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\$(?:[A-Z_][A-Z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|\([A-Za-z_][A-Za-z0-9_.]*\))$`)
})

// said reports whether a value says something. A literal $NAME does not: it is what is left where a variable that does not
// exist is passed on.
func said(value string) bool {
	value = Tidy(value)
	return value != "" && !reference().MatchString(value)
}

// Unexpanded says of each variable of a list whose value is a literal $NAME that it counts as not set, in the list's order.
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
