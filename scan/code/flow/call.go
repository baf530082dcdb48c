package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// argument is one argument of a call.
type argument struct {
	id tree.ID
	// name is that of a keyword; "" for one by position.
	name string
	v    value
}

// call walks a call. A function of the file is followed with what it is called with; of any other the result holds what its arguments and its
// receiver hold.
func (w *walk) call(id tree.ID) value {
	f := w.file
	callee := f.Child(id, tree.RoleCallee)
	var receiver, called value
	receiverID := tree.None
	switch f.Kind(callee) {
	case tree.Member:
		receiverID = f.Child(callee, tree.RoleObject)
		receiver = w.begin(callee, w.eval(receiverID))
		if property := f.Child(callee, tree.RoleProperty); f.Kind(property) == tree.Name {
			called = receiver.part(f.Text(property))
		}
	case tree.Invalid:
	default:
		called = w.eval(callee)
		receiver.own = called.own.data()
	}
	arguments := w.evalArguments(id)
	w.raise()
	if v, ok := w.super(id, callee, arguments); ok {
		return v
	}
	if body := f.Child(id, tree.RoleBody); body != tree.None {
		w.block(body)
	}
	if class, ok := w.classes[w.made(id, callee)]; ok {
		return w.object(class, id, arguments)
	}
	if v, ok := w.follow(id, callee, receiverID, receiver, called, arguments); ok {
		return v
	}
	return w.unknown(id, callee, receiverID, receiver, arguments)
}

// made is the name of the class of which a call makes an object; "" for none.
func (w *walk) made(id, callee tree.ID) string {
	if w.file.Kind(id) == tree.New {
		return w.lastName(w.file.Child(id, tree.RoleType))
	}
	if w.file.Language == tree.Python && w.file.Kind(callee) == tree.Name {
		return w.file.Text(callee)
	}
	return ""
}

// follow follows a call of functions of the file. ok is false when it is not known what is called.
func (w *walk) follow(id, callee, receiverID tree.ID, receiver, called value, arguments []argument) (result value, ok bool) {
	list := w.closuresOf(called)
	if len(list) == 0 && w.file.Kind(callee) == tree.Member {
		name := w.file.Text(w.file.Child(callee, tree.RoleProperty))
		for _, class := range classesOf(receiver) {
			if method := w.method(class, name); method != tree.None {
				list = append(list, w.inPlace(method))
			}
		}
	}
	if len(list) == 0 {
		if known := w.resolve(callee); known != tree.None {
			list = append(list, w.inPlace(known))
		}
	}
	carries := len(receiver.own)+len(receiver.parts) > 0
	for _, a := range arguments {
		carries = carries || len(a.v.own)+len(a.v.parts) > 0
	}
	for _, c := range list {
		if w.file.Child(c.id, tree.RoleBody) == tree.None {
			continue
		}
		if carries || c.captured != nil {
			if v, followed := w.invoke(c, arguments, w.key(receiverID), receiver); followed {
				result, ok = result.joined(v.at(id)), true
				continue
			}
		}
		if s := w.summary(c.id); s != nil {
			result, ok = result.joined(w.apply(s, id, arguments, receiverID)), true
		}
	}
	return result, ok
}

// unknown is a call of a function whose code is not in the file.
func (w *walk) unknown(id, callee, receiverID tree.ID, receiver value, arguments []argument) value {
	f := w.file
	var given taints
	for _, a := range arguments {
		given = given.with(a.v.whole())
	}
	given = given.data()
	name := f.Text(callee)
	if f.Kind(callee) == tree.Member {
		name = f.Text(f.Child(callee, tree.RoleProperty))
		if fills[name] && len(given) > 0 {
			if key := w.key(receiverID); key != "" {
				w.state.add(key, given.at(receiverID))
			}
		}
	}
	held := receiver.whole().data().with(given)
	result := value{own: held.at(id)}
	for _, a := range arguments {
		for _, c := range w.closuresOf(a.v) {
			result = result.joined(w.callback(c, held))
		}
	}
	if truths[name] && (w.options.SafeBooleans || w.options.SafeNumbers) || w.options.SafeFunctions {
		return value{}
	}
	return result
}

// fills are methods that put their arguments into what they are called on.
var fills = map[string]bool{
	"append": true, "add": true, "push": true, "unshift": true, "put": true, "set": true, "insert": true, "extend": true, "update": true, "write": true, "concat": true, "addAll": true,
	"putAll": true, "offer": true, "addFirst": true, "addLast": true, "setdefault": true, "WriteString": true, "Write": true, "Add": true, "Set": true, "replace": true, "appendleft": true,
}

// truths are functions that give a number or a truth value, which carries nothing of a text.
var truths = map[string]bool{
	"len": true, "length": true, "size": true, "isEmpty": true, "equals": true, "equalsIgnoreCase": true, "contains": true, "containsKey": true, "startsWith": true, "endsWith": true, "startswith": true,
	"endswith": true, "indexOf": true, "lastIndexOf": true, "hashCode": true, "compareTo": true, "isdigit": true, "isalpha": true, "isalnum": true, "isnumeric": true, "includes": true,
	"has": true, "hasOwnProperty": true, "int": true, "float": true, "bool": true, "parseInt": true, "parseFloat": true, "Number": true, "Boolean": true, "isNaN": true, "isinstance": true,
	"hasattr": true, "matches": true, "test": true, "ord": true, "hash": true,
}

// callback follows a function that an unknown one is given. Each of its parameters may hold what that one was given.
func (w *walk) callback(c *closure, held taints) value {
	if len(held) == 0 {
		return value{}
	}
	var arguments []argument
	for parameter := range w.file.Children(c.id) {
		if w.file.Role(parameter) == tree.RoleParameter {
			arguments = append(arguments, argument{id: tree.None, v: value{own: held}})
		}
	}
	v, _ := w.invoke(c, arguments, "", value{})
	return value{own: v.whole().data()}
}

// evalArguments walks the arguments of a call.
func (w *walk) evalArguments(id tree.ID) (list []argument) {
	f := w.file
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleArgument {
			continue
		}
		a := argument{id: child}
		inner := child
		if f.Kind(child) == tree.Keyword {
			a.name = f.Text(f.Child(child, tree.RoleName))
			inner = f.Child(child, tree.RoleValue)
		}
		a.v = w.eval(inner)
		if inner != child {
			// The keyword may be what a rule names.
			a.v = w.begin(child, a.v)
			w.arrive(child, a.v)
		}
		w.arguments[child] = a.v.whole()
		list = append(list, a)
	}
	return list
}

// closure walks a function where it is written, with what its variables hold there and its parameters hold held.
func (w *walk) closure(id tree.ID, held taints) value {
	f := w.file
	before := w.state
	returned, loops, raised := w.returned, w.loops, w.raised
	w.returned, w.loops, w.raised = value{}, nil, nil
	w.state = before.clone()
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleParameter {
			w.parameter(child, value{own: held})
		}
	}
	v := w.bodyOf(id)
	after := w.state
	w.returned, w.loops, w.raised = returned, loops, raised
	after.dead = false
	for _, name := range w.parametersOf(id) {
		// The parameter hides a variable of the same name only inside.
		after.set(name, value{})
		for key, t := range before.vars {
			if key == name {
				after.vars[key] = t
			}
		}
	}
	w.state = join(before, after)
	return v
}

// bodyOf walks the body of a function, and gives what it returns.
func (w *walk) bodyOf(id tree.ID) value {
	body := w.file.Child(id, tree.RoleBody)
	if body == tree.None {
		return value{}
	}
	if w.file.Kind(body) != tree.Block {
		return w.eval(body)
	}
	w.block(body)
	return w.returned
}
