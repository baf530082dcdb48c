package flow

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

func sortedNames(m map[string]value) []string { return slices.Sorted(maps.Keys(m)) }

// set makes a table of words.
func set(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, word := range words {
		m[word] = true
	}
	return m
}

// What methods of collections do, by their names in all languages.
var (
	// appends put their arguments behind the last element.
	appends = set("append", "push", "add", "addLast", "offer", "offerLast", "push_back", "enqueue", "PushBack", "insertBefore")
	// prepends put their arguments before the first element.
	prepends = set("unshift", "addFirst", "appendleft", "offerFirst", "PushFront")
	// puts have a key and a value.
	puts = set("put", "set", "setdefault", "setAttribute", "putIfAbsent", "Store", "setProperty", "__setitem__", "setItem")
	// gets have a key.
	gets = set("get", "at", "getOrDefault", "elementAt", "Load", "getAttribute", "getProperty", "__getitem__", "getItem", "charAt", "item")
	// pops take the last element, shifts the first one.
	pops   = set("pop", "removeLast", "pollLast")
	shifts = set("shift", "removeFirst", "poll", "pollFirst", "popleft", "popFirst")
	// removes have a key.
	removes = set("delete", "remove", "discard", "Delete", "removeItem")
	// merges take all parts of their arguments.
	merges = set("update", "putAll", "extend", "addAll", "assign", "concat")
	// writes take text.
	writes = set("write", "WriteString", "Write", "WriteByte", "WriteRune", "Add", "Set", "insert", "replace", "writelines", "writeln", "print", "println", "setText", "sendall", "send")
	// contents give all elements.
	contents = set("values", "items", "entries", "entrySet", "iterator", "listIterator", "stream", "toArray", "toList", "copy", "clone", "slice", "subList", "filter", "sort", "sorted", "toSorted", "reverse", "reversed",
		"flat", "splice", "distinct", "limit", "skip", "collect", "parallelStream", "elements", "asList", "boxed", "peek", "values_list")
	// keySets give the keys.
	keySets = set("keys", "keySet", "getOwnPropertyNames")
	// visits call a function for each element.
	visits = set("forEach", "map", "flatMap", "filter", "find", "findLast", "some", "every", "findIndex", "reduce", "reduceRight", "sort", "removeIf", "anyMatch", "allMatch", "mapToObj", "computeIfPresent", "ifPresent")
)

// fills are methods that put their arguments into what they are called on, and reads those that give what is in it.
var fills, reads = union(appends, prepends, puts, merges, writes), union(gets, pops, shifts, contents, keySets)

func union(sets ...map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, each := range sets {
		maps.Copy(all, each)
	}
	return all
}

// truths are functions that give a number or a truth value, which carries nothing of a text.
var truths = set("len", "length", "size", "isEmpty", "equals", "equalsIgnoreCase", "contains", "containsKey", "startsWith", "endsWith", "startswith",
	"endswith", "indexOf", "lastIndexOf", "hashCode", "compareTo", "isdigit", "isalpha", "isalnum", "isnumeric", "includes",
	"has", "hasOwnProperty", "int", "float", "bool", "parseInt", "parseFloat", "Number", "Boolean", "isNaN", "isinstance",
	"hasattr", "matches", "test", "ord", "hash", "Atoi", "ParseInt", "ParseFloat", "ParseBool", "parseLong", "parseDouble", "parseBoolean", "count")

// boxed are the classes of Java whose values are numbers and truth values.
var boxed = set("Integer", "Long", "Short", "Byte", "Double", "Float", "Boolean")

// containers are the constructors of collections.
var containers = set("Map", "WeakMap", "Set", "WeakSet", "Array", "Object", "HashMap", "LinkedHashMap", "TreeMap", "ConcurrentHashMap", "Hashtable", "Properties", "ArrayList", "LinkedList", "Vector", "Stack",
	"ArrayDeque", "HashSet", "LinkedHashSet", "TreeSet", "PriorityQueue", "CopyOnWriteArrayList", "dict", "list", "set", "tuple", "frozenset", "OrderedDict", "defaultdict", "deque", "make", "StringBuilder", "StringBuffer")

// library is a call of a function of a standard library that moves parts of objects. ok is false for any other.
func (w *walk) library(c *callSite) (result value, ok bool) {
	f := w.file
	if f.Kind(c.callee) != tree.Member {
		return w.function0(c)
	}
	if v, ok := w.static0(c); ok {
		return v, true
	}
	if v, ok := w.invocation(c); ok {
		return v, true
	}
	if v, ok := w.promised(c); ok {
		return v, true
	}
	var object int32
	for _, e := range c.receiver.may {
		if k := w.entities[e].kind; k == objectEntity {
			object = e
		}
	}
	held := w.holders(c.receiverID, c.receiver, false)
	if len(held) == 1 {
		object = held[0]
	}
	if visits[c.name] {
		if v, ok := w.visit(c); ok {
			return v, true
		}
	}
	if v, ok := w.bean(c); ok {
		return v, true
	}
	if object == 0 {
		return w.filled(c)
	}
	if len(held) > 1 {
		if fills[c.name] {
			for _, e := range held {
				for _, a := range c.arguments {
					w.add(place{e, elements}, a.v)
				}
			}
			return c.receiver, true
		}
		if reads[c.name] && !gets[c.name] {
			return w.mixed(c.id, c.receiver), true
		}
		if !gets[c.name] {
			return value{}, false
		}
	}
	return w.collection(c, object)
}

// filled is a method that puts its arguments into an object that is not known.
func (w *walk) filled(c *callSite) (value, bool) {
	if !fills[c.name] || len(c.arguments) == 0 {
		return value{}, false
	}
	tainted0 := false
	for _, a := range c.arguments {
		tainted0 = tainted0 || len(w.whole(a.v)) > 0 || len(a.v.may) > 0
	}
	if !tainted0 || c.receiver.known.Kind == match.StringValue || w.file.Imported(c.receiverID) {
		return value{}, false
	}
	result := w.unknown(c)
	for _, e := range w.holders(c.receiverID, c.receiver, true) {
		for i, a := range c.arguments {
			if i == 0 && len(c.arguments) == 2 && puts[c.name] {
				w.add(place{e, keys}, a.v)
				continue
			}
			if len(c.arguments) == 2 && puts[c.name] && c.arguments[0].v.known.Kind != match.Unknown {
				w.store(place{e, w.keyName(c.arguments[0].v, value{})}, a.v)
				continue
			}
			w.add(place{e, elements}, tainted(w.whole(a.v).at(w.site(c.id))))
		}
		result.may = unionOf(result.may, []int32{e})
	}
	return result, true
}

// bean is a getter or setter of Java whose class is not there, by its name.
func (w *walk) bean(c *callSite) (value, bool) {
	if w.file.Language != tree.Java || len(c.name) < 4 || w.file.Imported(c.receiverID) {
		return value{}, false
	}
	field := w.name(strings.ToLower(c.name[3:4]) + c.name[4:])
	switch {
	case c.name[:3] == "set" && len(c.arguments) == 1:
		for _, e := range w.holders(c.receiverID, c.receiver, true) {
			w.store(place{e, field}, c.arguments[0].v)
		}
		return value{}, true
	case c.name[:3] == "get" && len(c.arguments) == 0:
		for _, e := range w.holders(c.receiverID, c.receiver, false) {
			if _, ok := w.state.get(place{e, field}); ok {
				return w.partOf(c.receiver, field).at(w.site(c.id)), true
			}
			if w.entities[e].at.id == tree.None && len(w.entities[e].fields) > 0 && len(c.receiver.taints) == 0 {
				return value{}, true // Only other fields were set.
			}
		}
	}
	return value{}, false
}

// collection is a method of a list, map or set.
func (w *walk) collection(c *callSite, object int32) (value, bool) {
	v := value{taints: c.receiver.taints, may: []int32{object}}
	n, isList := w.lengthOf(v)
	arg := func(i int) value {
		if i < len(c.arguments) {
			return c.arguments[i].v
		}
		return value{}
	}
	switch count := len(c.arguments); {
	case appends[c.name] && isList && !(c.name == "add" && count == 2):
		for _, a := range c.arguments {
			if a.spread {
				w.add(place{object, elements}, w.elementsOf(a.v))
				w.state.remove(place{object, length})
				isList = false
				continue
			}
			if isList {
				w.store(place{object, w.name(itoa(n))}, a.v)
				n++
			} else {
				w.add(place{object, elements}, a.v)
			}
		}
		if isList {
			w.store(place{object, length}, constant(numberOf(n)))
		}
		return v, true
	case (prepends[c.name] || c.name == "insert" || c.name == "add" && count == 2) && count > 0:
		w.insert(c, object, n, isList)
		return v, true
	case appends[c.name]:
		for _, a := range c.arguments {
			// A set keeps a constant once.
			if name := w.keyName(a.v, value{}); name != elements && w.entities[object].sealed {
				w.store(place{object, name}, a.v)
			} else {
				w.add(place{object, elements}, a.v)
			}
		}
		return v, true
	case puts[c.name] && count == 2:
		if name := w.keyName(arg(0), v); name != elements {
			w.store(place{object, name}, arg(1))
		} else {
			w.add(place{object, elements}, arg(1))
		}
		if len(w.whole(arg(0))) > 0 {
			w.add(place{object, keys}, arg(0))
		}
		return v, true
	case gets[c.name] && count > 0:
		out := w.partOf(v, w.keyName(arg(0), v))
		if count > 1 {
			out = out.joined(arg(1))
		}
		return out, true
	case pops[c.name] && count == 0 && isList && n > 0:
		p := place{object, w.name(itoa(n - 1))}
		out := w.partOf(v, p.name)
		w.removeElement(p)
		return out, true
	case (shifts[c.name] || c.name == "pop" && arg(0).known.Text == "0") && isList && n > 0:
		p := place{object, w.name("0")}
		out := w.partOf(v, p.name)
		w.removeElement(p)
		return out, true
	case (removes[c.name] || pops[c.name]) && count > 0:
		return w.removed(c, object, isList), true
	case c.name == "clear" || c.name == "removeAllElements":
		for _, name := range w.entities[object].fields {
			w.state.remove(place{object, name})
		}
		w.entities[object].sealed = true
		if isList {
			w.store(place{object, length}, constant(number0))
		}
		return value{}, true
	case merges[c.name] && count > 0 && c.name != "concat":
		for _, a := range c.arguments {
			if isList {
				n, isList = w.appendAll(object, a.v, n, isList)
			} else {
				w.merge(object, a.v)
			}
		}
		if _, was := w.lengthOf(v); was && isList {
			w.store(place{object, length}, constant(numberOf(n)))
		} else if was {
			w.state.remove(place{object, length})
		}
		return v, true
	case c.name == "concat" && isList:
		out := v
		for _, a := range c.arguments {
			out = w.concatenated(c.id, out, a.v)
		}
		return out, true
	case (c.name == "slice" || c.name == "subList") && isList:
		return w.sliced(c.id, v, arg(0), arg(1)), true
	case c.name == "reverse" && isList:
		var parts []value
		for i := range n {
			parts = append(parts, w.partOf(v, w.name(itoa(i))))
		}
		for i, part := range parts {
			w.store(place{object, w.name(itoa(n - 1 - i))}, part)
		}
		return v, true
	case c.name == "values" || c.name == "elements":
		return w.listOf(c, w.elementsOf(v)), true
	case keySets[c.name]:
		key := w.keysOf(v)
		number := w.object(c.id)
		w.entities[number].sealed = true
		w.add(place{number, elements}, key)
		return value{may: []int32{number}}, true
	case (c.name == "copy" || c.name == "clone") && count == 0:
		return value{taints: v.taints, may: []int32{w.copy(c.id, v)}}, true
	case c.name == "items" || c.name == "entries" || c.name == "entrySet":
		number := w.object(c.id)
		w.entities[number].sealed = true
		w.add(place{number, elements}, w.pair(w.keysOf(v), w.elementsOf(v)))
		return value{may: []int32{number}}, true
	case c.name == "getKey" && count == 0:
		return w.partOf(v, w.name("0")), true
	case c.name == "getValue" && count == 0:
		return w.partOf(v, w.name("1")), true
	case contents[c.name]:
		return w.mixed(c.id, v), true
	case (c.name == "length" || c.name == "size") && isList && count == 0:
		return constant(numberOf(n)), true
	case c.name == "next" || c.name == "__next__":
		return w.elementsOf(v), true
	case writes[c.name]:
		for _, a := range c.arguments {
			w.add(place{object, elements}, tainted(w.whole(a.v).at(w.site(c.id))))
		}
		return v, true
	case (c.name == "contains" || c.name == "includes" || c.name == "has" || c.name == "containsKey") && count == 1:
		out := value{}
		if w.options.Guards && w.constants(v) {
			out.checks = checkOf(arg(0).from, false)
		}
		if !w.options.SafeBooleans && !w.options.SafeFunctions {
			out.taints = w.whole(arg(0))
		}
		return out, true
	}
	return value{}, false
}

// insert puts an argument into a list.
func (w *walk) insert(c *callSite, object int32, n int, isList bool) {
	at, what := 0, c.arguments
	if !prepends[c.name] {
		if len(c.arguments) < 2 {
			return
		}
		what = c.arguments[1:]
		k := c.arguments[0].v.known
		index := w.keyName(c.arguments[0].v, value{may: []int32{object}})
		at = -1
		for i := range n + 1 {
			if w.name(itoa(i)) == index && k.Kind == match.NumberValue {
				at = i
			}
		}
	}
	if !isList || at < 0 || len(what) != 1 {
		for _, a := range what {
			w.add(place{object, elements}, a.v)
		}
		return
	}
	v := value{may: []int32{object}}
	for i := n; i > at; i-- {
		w.store(place{object, w.name(itoa(i))}, w.partOf(v, w.name(itoa(i-1))))
	}
	w.store(place{object, w.name(itoa(at))}, what[0].v)
	w.store(place{object, length}, constant(numberOf(n+1)))
}

// removed is a method that removes a part by its key, or from a list by what it holds.
func (w *walk) removed(c *callSite, object int32, isList bool) value {
	v := value{taints: c.receiver.taints, may: []int32{object}}
	key := c.arguments[0].v
	if isList && (key.known.Kind != match.NumberValue || w.file.Language == tree.Python && c.name == "remove") {
		// By value: it is the one that holds the same.
		n, _ := w.lengthOf(v)
		for i := range n {
			part := w.partOf(v, w.name(itoa(i)))
			same := key.known.Kind != match.Unknown && part.known == key.known
			if same || len(key.taints) > 0 && part.taints.same(key.taints) {
				w.removeElement(place{object, w.name(itoa(i))})
				return value{}
			}
		}
		return value{}
	}
	name := w.keyName(key, v)
	out := w.partOf(v, name)
	if name != elements {
		w.removeElement(place{object, name})
	} else if loose, ok := w.state.get(place{object, elements}); ok && len(key.taints) > 0 && loose.taints.same(key.taints) {
		w.state.remove(place{object, elements}) // A set loses what it was given.
	}
	if len(c.arguments) > 1 {
		out = out.joined(c.arguments[1].v)
	}
	return out
}

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

// function0 is a function of the language that is called by its name alone.
func (w *walk) function0(c *callSite) (value, bool) {
	arg := func(i int) value {
		if i < len(c.arguments) {
			return c.arguments[i].v
		}
		return value{}
	}
	count := len(c.arguments)
	language := w.file.Language
	switch c.name {
	case "Promise":
		return w.newPromise(c)
	case "len":
		if n, known := w.lengthOf(arg(0)); known {
			return constant(numberOf(n)), true
		}
	case "append":
		if language != tree.Go || count == 0 {
			return value{}, false
		}
		return w.appended(c), true
	case "copy":
		if language == tree.Go && count == 2 {
			for _, e := range w.holders(c.arguments[0].id, arg(0), true) {
				w.add(place{e, elements}, w.elementsOf(arg(1)))
			}
			return value{}, true
		}
	case "delete":
		if language == tree.Go && count == 2 {
			for _, e := range w.holders(c.arguments[0].id, arg(0), false) {
				if name := w.keyName(arg(1), arg(0)); name != elements {
					w.state.remove(place{e, name})
				}
			}
			return value{}, true
		}
	case "clear":
		if language == tree.Go && count == 1 {
			for _, e := range w.holders(c.arguments[0].id, arg(0), false) {
				for _, name := range w.entities[e].fields {
					w.state.remove(place{e, name})
				}
			}
			return value{}, true
		}
	case "recover":
		if language == tree.Go {
			return w.thrown, true
		}
	case "panic":
		if language == tree.Go {
			w.thrown = w.thrown.joined(arg(0))
			w.raise()
			w.leavePanic()
			return value{}, true
		}
	case "getattr":
		if count > 1 && language == tree.Python {
			out := w.partOf(arg(0), w.keyName(arg(1), value{}))
			if count > 2 {
				out = out.joined(arg(2))
			}
			return out, true
		}
	case "setattr":
		if count == 3 && language == tree.Python {
			for _, e := range w.holders(c.arguments[0].id, arg(0), true) {
				if name := w.keyName(arg(1), value{}); name != elements {
					w.store(place{e, name}, arg(2))
				} else {
					w.add(place{e, elements}, arg(2))
				}
			}
			return value{}, true
		}
	case "next", "min", "max", "iter", "reversed", "sorted":
		if language == tree.Python && count > 0 && len(arg(0).may) > 0 {
			if c.name == "iter" || c.name == "reversed" || c.name == "sorted" {
				return w.mixed(c.id, arg(0)), true
			}
			return w.elementsOf(arg(0)), true
		}
	case "range":
		if language == tree.Python && count == 1 && arg(0).known.Kind == match.NumberValue && w.decides(arg(0)) {
			number := w.object(c.id)
			w.entities[number].sealed = true
			w.store(place{number, length}, constant(arg(0).known))
			return value{may: []int32{number}}, true
		}
	case "enumerate":
		if language == tree.Python && count > 0 {
			number := w.object(c.id)
			w.entities[number].sealed = true
			element := w.elementsOf(arg(0))
			w.add(place{number, elements}, w.pair(value{}, element))
			return value{may: []int32{number}}, true
		}
	case "zip":
		if language == tree.Python {
			number := w.object(c.id)
			w.entities[number].sealed = true
			pair, _ := w.entity(identity{kind: objectEntity, at: site{w.unit.number, -2}, frame: w.frame})
			w.entities[pair].sealed = true
			for i, a := range c.arguments {
				w.store(place{pair, w.name(itoa(i))}, w.elementsOf(a.v))
			}
			w.add(place{number, elements}, value{may: []int32{pair}})
			return value{may: []int32{number}}, true
		}
	case "map", "filter":
		if language == tree.Python && count == 2 {
			functions := w.functionsOf(arg(0))
			element := w.elementsOf(arg(1))
			if len(functions) == 0 {
				return value{}, false
			}
			out := element
			for _, f := range functions {
				v := w.called(c, f, []argument{{v: element}})
				if c.name == "map" {
					out = v
				}
			}
			number := w.object(c.id)
			w.entities[number].sealed = true
			w.add(place{number, elements}, out)
			return value{may: []int32{number}}, true
		}
	case "reduce":
		if language == tree.Python && count >= 2 {
			if functions := w.functionsOf(arg(0)); len(functions) > 0 {
				element := w.elementsOf(arg(1)).joined(arg(2))
				out := w.called(c, functions[0], []argument{{v: element}, {v: element}})
				return out, true
			}
		}
	case "partial":
		return w.partial(c)
	}
	if !containers[c.name] || (language == tree.Java || language == tree.JavaScript || language == tree.TypeScript) && w.file.Kind(c.id) != tree.New && c.name != "Array" {
		return value{}, false
	}
	return w.container(c), true
}

// container makes a collection of what another holds.
func (w *walk) container(c *callSite) value {
	number := w.object(c.id)
	entity := w.entities[number]
	entity.sealed = true
	isMap := set("Map", "WeakMap", "HashMap", "LinkedHashMap", "TreeMap", "ConcurrentHashMap", "Hashtable", "Properties", "dict", "OrderedDict", "defaultdict", "Object", "Set", "WeakSet", "HashSet", "LinkedHashSet", "TreeSet", "set", "frozenset")[c.name]
	n, exact := 0, true
	for _, a := range c.arguments {
		switch {
		case a.name != "":
			w.store(place{number, w.name(a.name)}, a.v)
		case isMap || c.name == "StringBuilder" || c.name == "StringBuffer":
			if c.name == "Map" {
				w.mergePairs(number, a.v)
				continue
			}
			if size, known := w.lengthOf(a.v); known && !set("Set", "WeakSet", "HashSet", "set", "frozenset")[c.name] {
				for i := range size {
					w.mergePair(number, w.partOf(a.v, w.name(itoa(i))))
				}
				continue
			}
			if size, known := w.lengthOf(a.v); known {
				for i := range size {
					part := w.partOf(a.v, w.name(itoa(i)))
					if name := w.keyName(part, value{}); name != elements {
						w.store(place{number, name}, part)
					} else {
						w.add(place{number, elements}, part)
					}
				}
				continue
			}
			if len(a.v.may) > 0 && !set("StringBuilder", "StringBuffer", "Set", "set", "frozenset", "HashSet")[c.name] {
				w.merge(number, a.v)
			} else {
				w.add(place{number, elements}, w.elementsOf(a.v))
			}
		case c.name == "make":
			exact = exact && (len(a.v.may) == 0 && a.v.known.Kind != match.NumberValue || a.v.known.Text == "0")
		case c.name == "Array" && len(c.arguments) > 1:
			w.store(place{number, w.name(itoa(n))}, a.v)
			n++
		case c.name == "Array" && a.v.known.Kind == match.NumberValue:
			exact = false
		default:
			n, exact = w.appendAll(number, a.v, n, exact)
			if len(a.v.may) == 0 && len(a.v.taints) > 0 {
				exact = false
				w.add(place{number, elements}, tainted(a.v.taints))
			}
		}
	}
	if c.name == "make" && w.file.Kind(w.file.Child(c.id, tree.RoleArgument)) == tree.TypeOperator && w.file.Text(w.file.Child(c.id, tree.RoleArgument)) != "[]" {
		exact = false
	}
	if exact && !isMap && c.name != "StringBuilder" && c.name != "StringBuffer" {
		w.store(place{number, length}, constant(numberOf(n)))
	}
	out := value{may: []int32{number}}
	if c.name == "make" && len(c.arguments) > 0 {
		out.taints = c.arguments[0].v.taints // The type is an expression that holds something.
	}
	return out
}

// mergePairs puts the pairs of a list into a map.
func (w *walk) mergePairs(number int32, v value) {
	size, known := w.lengthOf(v)
	if !known {
		w.add(place{number, elements}, tainted(w.whole(v)))
		return
	}
	for i := range size {
		w.mergePair(number, w.partOf(v, w.name(itoa(i))))
	}
}

func (w *walk) mergePair(number int32, pair value) {
	key, v := w.partOf(pair, w.name("0")), w.partOf(pair, w.name("1"))
	if name := w.keyName(key, value{}); name != elements {
		w.store(place{number, name}, v)
		return
	}
	w.add(place{number, elements}, v)
	if len(key.taints) > 0 {
		w.add(place{number, keys}, key)
	}
}

// appended is Go's append.
func (w *walk) appended(c *callSite) value {
	list := c.arguments[0].v
	n, exact := w.lengthOf(list)
	if len(list.may) == 0 && len(list.taints) == 0 {
		n, exact = 0, true
	}
	var parts []value
	for i := range n {
		parts = append(parts, w.partOf(list, w.name(itoa(i))))
	}
	loose := w.elementsOf(list)
	number, made := w.entity(identity{kind: objectEntity, at: w.site(c.id), frame: w.frame})
	if !made && len(list.may) == 1 && list.may[0] == number {
		exact = exact && n < maxConcrete
	} else if !made {
		number = w.object(c.id)
	}
	w.entities[number].sealed = true
	if exact {
		for i, part := range parts {
			w.store(place{number, w.name(itoa(i))}, part)
		}
	} else {
		w.add(place{number, elements}, loose)
	}
	for _, a := range c.arguments[1:] {
		switch size, known := w.lengthOf(a.v); {
		case a.spread && known && exact:
			n, exact = w.appendAll(number, a.v, n, exact)
			_ = size
		case a.spread:
			exact = false
			w.add(place{number, elements}, w.elementsOf(a.v))
		case exact:
			w.store(place{number, w.name(itoa(n))}, a.v)
			n++
		default:
			w.add(place{number, elements}, a.v)
		}
	}
	if exact {
		w.store(place{number, length}, constant(numberOf(n)))
	} else {
		w.state.remove(place{number, length})
	}
	return value{taints: list.taints, may: []int32{number}}
}

// leavePanic ends the function at a panic.
func (w *walk) leavePanic() {
	if len(w.deferred) > 0 {
		// A deferred function may recover.
		w.ended = join(w.ended, w.state.clone())
	}
	w.state.dead = true
}
