package tree

import "fmt"

// Check reports the first way in which a tree breaks the contract of the package: a span that leaves the source or the
// parent, a subtree that is not a range, a kind or role that does not exist. Tests of front ends call it.
func Check(t *Tree) error {
	if len(t.Nodes) < 2 || t.Nodes[Root].Kind != File || int(t.Nodes[Root].Limit) != len(t.Nodes) {
		return fmt.Errorf("the root is not a file around all %d nodes", len(t.Nodes))
	}
	for id := Root; int(id) < len(t.Nodes); id++ {
		n := t.Nodes[id]
		switch {
		case n.Kind == Invalid || n.Kind >= kinds || n.Role >= Roles:
			return fmt.Errorf("node %d has kind %d and role %d", id, n.Kind, n.Role)
		case n.Start > n.End || int(n.End) > len(t.Source):
			return fmt.Errorf("node %d, a %s, spans %d to %d", id, n.Kind, n.Start, n.End)
		case n.Limit <= id || int(n.Text) >= len(t.texts):
			return fmt.Errorf("node %d, a %s, has limit %d and text %d", id, n.Kind, n.Limit, n.Text)
		case id == Root:
			continue
		case n.Parent <= None || n.Parent >= id || n.Role == NoRole:
			return fmt.Errorf("node %d, a %s, has parent %d and role %q", id, n.Kind, n.Parent, n.Role)
		}
		p := t.Nodes[n.Parent]
		if n.Limit > p.Limit || n.Start < p.Start || n.End > p.End {
			return fmt.Errorf("node %d, a %s at %d to %d, leaves its parent, a %s at %d to %d", id, n.Kind, n.Start, n.End, p.Kind, p.Start, p.End)
		}
	}
	return nil
}
