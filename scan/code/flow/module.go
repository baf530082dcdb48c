package flow

import "strings"

// modulesOf finds the files that a module is, for the file that names it.
func (a *analysis) modulesOf(u *unit, module string) []*unit {
	return a.unitsOf(a.world.modules(u.known, module))
}

// starModules finds the files that bring a name by an import of everything in a module.
func (a *analysis) starModules(u *unit, module, name string) []*unit {
	if isJava(u) {
		module = strings.TrimSuffix(module, ".*") + "." + name
	}
	return a.modulesOf(u, module)
}
