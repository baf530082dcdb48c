package match

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Shape is the same for patterns that differ in nothing but the names of their metavariables: under the same options they match the same, with the same
// bindings in the same slots.
func (p *Pattern) Shape() string {
	var b strings.Builder
	for id := tree.Root; int(id) < len(p.tree.Nodes); id++ {
		n, info := &p.tree.Nodes[id], &p.info[id]
		_, _ = fmt.Fprintf(&b, "%d %d %d %d %d ", n.Kind, n.Role, n.Flags, n.Limit, info.text)
		switch {
		case info.slot >= 0:
			_, _ = fmt.Fprintf(&b, "slot %d\n", info.slot)
		case info.regex != nil:
			_, _ = fmt.Fprintf(&b, "regex %q\n", info.regex)
		default:
			_, _ = fmt.Fprintf(&b, "%q\n", p.tree.Text(id))
		}
		if n.Kind == tree.TypedMetavariable {
			// A type is compared as it is written.
			b.WriteString(p.tree.Source)
		}
	}
	return b.String()
}
