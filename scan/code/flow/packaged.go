package flow

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// packaged is the class that a Java name with its package before it stands for, as in a.b.C; 0 for any other expression.
func (a *analysis) packaged(u *unit, id tree.ID) int32 {
	f := u.file
	if f.Language != tree.Java || f.Kind(id) != tree.Member {
		return 0
	}
	name := f.Text(f.Child(id, tree.RoleProperty))
	if name == "" || name[0] < 'A' || name[0] > 'Z' {
		return 0
	}
	for object := f.Child(id, tree.RoleObject); f.Kind(object) != tree.Name; object = f.Child(object, tree.RoleObject) {
		if text := f.Text(f.Child(object, tree.RoleProperty)); f.Kind(object) != tree.Member || text != strings.ToLower(text) {
			return 0
		}
	}
	for _, other := range a.modulesOf(u, strings.Join(strings.Fields(f.At(id)), "")) {
		if class, ok := other.classes[name]; ok {
			return a.class(other, class)
		}
	}
	return 0
}
