package flow

import (
	"maps"
	"slices"
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

// boxed are the Java classes whose values are numbers and truth values.
var boxed = set("Integer", "Long", "Short", "Byte", "Double", "Float", "Boolean")

// The constructors of collections: maps, sets, texts that are put together, and lists.
var (
	mapNames   = set("Map", "WeakMap", "HashMap", "LinkedHashMap", "TreeMap", "ConcurrentHashMap", "Hashtable", "Properties", "dict", "OrderedDict", "defaultdict", "Object")
	setNames   = set("Set", "WeakSet", "HashSet", "LinkedHashSet", "TreeSet", "set", "frozenset")
	textNames  = set("StringBuilder", "StringBuffer")
	listNames  = set("Array", "ArrayList", "LinkedList", "Vector", "Stack", "ArrayDeque", "PriorityQueue", "CopyOnWriteArrayList", "list", "tuple", "deque", "make")
	containers = union(mapNames, setNames, textNames, listNames)
)
