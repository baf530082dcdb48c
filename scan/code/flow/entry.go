package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// entries are the functions to walk with arguments that are not known: those that stand in no other function and from which a source can be
// reached. What a function reaches is told by the names that it mentions. A source outside of all functions can be reached from each.
func (a *analysis) entries() []site {
	var all []site
	everything := false
	for _, u := range a.units {
		for id := tree.Root + 1; int(id) < len(u.file.Nodes); id++ {
			if u.file.Kind(id) == tree.Function {
				all = append(all, site{u.number, id})
				id = u.file.Nodes[id].Limit - 1
				continue
			}
			everything = everything || len(u.marks.sources[id]) > 0 && u.file.Kind(id) != tree.Import
		}
	}
	if everything {
		return all
	}
	// users are the functions that mention a name.
	users := map[int32][]int{}
	reaches := make([]bool, len(all))
	var queue []int
	for i, at := range all {
		u := a.units[at.unit]
		seen := map[int32]bool{}
		for id := at.id; id < u.file.Nodes[at.id].Limit; id++ {
			if len(u.marks.sources[id]) > 0 && !reaches[i] {
				reaches[i] = true
				queue = append(queue, i)
			}
			if n := &u.file.Nodes[id]; n.Kind == tree.Name {
				if name := u.nameOfText(a, n.Text); !seen[name] {
					seen[name] = true
					users[name] = append(users[name], i)
				}
			}
		}
	}
	spread := func(name int32) {
		for _, user := range users[name] {
			if !reaches[user] {
				reaches[user] = true
				queue = append(queue, user)
			}
		}
		delete(users, name)
	}
	for len(queue) > 0 {
		at := all[queue[0]]
		queue = queue[1:]
		u := a.units[at.unit]
		spread(a.name(u.functionName(at.id)))
		if class := u.classAround(at.id); class != tree.None {
			spread(a.name(u.nameOf(class)))
		}
		// What it leaves in fields and global variables reaches those that read them.
		for id := at.id; id < u.file.Nodes[at.id].Limit; id++ {
			if u.file.Role(id) != tree.RoleTarget {
				continue
			}
			if u.file.Kind(id) == tree.Member {
				spread(u.nameOfText(a, u.file.Nodes[u.file.Child(id, tree.RoleProperty)].Text))
			} else if n := &u.file.Nodes[id]; n.Kind == tree.Name && !u.localsOf(at.id)[n.Text] {
				spread(u.nameOfText(a, n.Text))
			}
		}
	}
	var list []site
	for i, at := range all {
		if reaches[i] {
			list = append(list, at)
		}
	}
	return list
}
