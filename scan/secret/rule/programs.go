package rule

import (
	"regexp"
	"sync"

	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Programs is the compiled expression of a rule. It is compiled when the first literal is seen, because most scans
// never see the literals of most rules.
type Programs struct {
	once sync.Once
	// Anchored begins Offset bytes before a hit; Free is searched in a window. One of them is nil.
	Anchored, Free *regexp.Regexp
	Offset         int
	// Prefix is exact text with which every match begins when Anchored is set; it may be empty.
	Prefix []byte
	// Behind finds what Free finds, but sees the byte before the window: for expressions that look at their neighbours.
	Behind *regexp.Regexp
	// Group is the index of the group "secret", or 0.
	Group int
	// Run is what every match contains.
	Run match.Run
}
