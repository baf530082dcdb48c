package rule

import (
	"regexp"
	"sync"

	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Programs is a rule's expression, compiled when the first literal is seen: most scans never see most rules'.
type Programs struct {
	once sync.Once
	// anchored begins offset bytes before a hit; free is searched for in a window. One of them is nil.
	Anchored, Free *regexp.Regexp
	Offset         int
	// prefix is exact text with which every match begins, when anchored is set; it may be empty.
	Prefix []byte
	// behind finds what free does, one byte behind the beginning of the window, which it sees: for expressions that look
	// at their neighbours.
	Behind *regexp.Regexp
	// group is the index of the group "secret", or 0.
	Group int
	// run is what every match holds.
	Run match.Run
}
