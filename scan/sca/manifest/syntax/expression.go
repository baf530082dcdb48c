package syntax

import (
	"regexp"
	"sync"
)

// Expression returns a regular expression that is compiled on first use. Most trees need few of these expressions, and
// each would delay every start of the program.
func Expression(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
