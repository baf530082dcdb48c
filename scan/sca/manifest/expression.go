package manifest

import (
	"regexp"
	"sync"
)

// expression gives a regular expression that is compiled when it is first needed: most trees have few of the kinds of files that
// need one, and each would cost every start of the program.
func expression(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
