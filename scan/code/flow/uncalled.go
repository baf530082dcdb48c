package flow

import "github.com/sluice-scan/sluice/scan/code/tree"

// isCalled reports whether another function of the file calls the function of a parameter. Calls by the statements of the
// file itself and by its main function do not count: they show how the function may be used.
func (w *walk) isCalled(parameter tree.ID) bool {
	function := parameter
	for function != tree.Root && w.file.Kind(function) != tree.Function {
		function = w.file.Parent(function)
	}
	name := w.functionName(function)
	if name == "" || name == "constructor" || name == "__init__" {
		if class := w.classAround(function); class != tree.None {
			name = w.nameOf(class)
		}
	}
	names, known := w.callees[w.number]
	if !known {
		names = w.unit.calls()
		w.callees[w.number] = names
	}
	return names[name]
}

// calls are the names of what the functions of a file call, themselves left out.
func (u *unit) calls() map[string]bool {
	names := map[string]bool{}
	for id := tree.Root; int(id) < len(u.file.Nodes); id++ {
		if k := u.file.Kind(id); k != tree.Call && k != tree.New {
			continue
		}
		callee := u.file.Child(id, tree.RoleCallee)
		if callee == tree.None {
			callee = u.file.Child(id, tree.RoleType)
		}
		called, around := u.typeName(callee), u.around(id)
		if name := u.functionName(around); around != tree.Root && name != "main" && name != called {
			names[called] = true
		}
	}
	return names
}
