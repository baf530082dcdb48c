package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// visit is a method that calls a function for each element.
func (w *walk) visit(c *callSite) (value, bool) {
	if len(c.arguments) == 0 {
		return value{}, false
	}
	functions := w.functionsOf(c.arguments[0].v)
	if len(functions) == 0 {
		return value{}, false
	}
	element := w.elementsOf(c.receiver)
	var out value
	for i, f := range functions {
		arguments := []argument{{v: element}, {v: value{}}, {v: c.receiver}}
		switch c.name {
		case "forEach":
			if w.isMap(c.receiver) && w.file.Language == tree.Java {
				arguments = []argument{{v: w.keysOf(c.receiver)}, {v: element}}
			}
		case "reduce", "reduceRight":
			start := element
			if len(c.arguments) > 1 {
				start = c.arguments[1].v
			}
			first := w.called(c, f, []argument{{v: start}, {v: element}})
			arguments = []argument{{v: start.joined(first)}, {v: element}}
		}
		v := w.called(c, f, arguments)
		if i > 0 {
			v = out.joined(v)
		}
		out = v
	}
	switch c.name {
	case "map", "mapToObj", "flatMap":
		if c.name == "flatMap" {
			out = out.joined(w.elementsOf(out))
		}
		number := w.object(c.id)
		w.entities[number].sealed = true
		w.add(place{number, elements}, out)
		return value{may: []int32{number}}, true
	case "reduce", "reduceRight":
		return out, true
	case "find", "findLast":
		return element, true
	case "filter", "sort":
		return w.mixed(c.id, c.receiver), true
	}
	return value{}, true
}
