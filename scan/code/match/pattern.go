package match

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Pattern is a compiled pattern. It is immutable and safe for concurrent use.
type Pattern struct {
	tree    *tree.Tree
	options *rule.Options
	// names are the metavariables by slot; those of the whole pattern share the slots.
	names []string
	// info is indexed by the nodes of the pattern.
	info []nodeInfo
	// roots are the statements of the pattern, or its one expression or part.
	roots []tree.ID
	kinds [256]bool
	// callee is the last name of the function that the root calls; "" when any may be called.
	callee string
	// last is the last name of a root that is a name or a member, "" when it is neither or may have any.
	last string
	// anyMember says that the root is a member of which a metavariable stands for the property. It matches names that an import brings, and no others.
	anyMember bool
	literals  []string
	// later are the literals of all statements but the first.
	later []string
}

// nodeInfo is what compilation knows of a node of a pattern.
type nodeInfo struct {
	// slot is that of a metavariable, -1 for one that binds nothing.
	slot int
	// meta says that the subtree binds something.
	meta bool
	// text says how a literal is matched.
	text   textKind
	regex  *regexp.Regexp
	dotted string
}

// textKind is how the content of a string of a pattern is meant.
type textKind uint8

const (
	exactText textKind = iota
	anyText
	boundText
	manyText
	regexText
)

// Compile compiles a pattern under the options of its rule. The error says what of it cannot be honoured.
func Compile(t *tree.Tree, options *rule.Options) (*Pattern, error) {
	p := &Pattern{tree: t, options: options, info: make([]nodeInfo, len(t.Nodes))}
	for id := range t.Children(tree.Root) {
		p.roots = append(p.roots, id)
	}
	if len(p.roots) == 0 {
		return nil, fmt.Errorf("the pattern is empty")
	}
	for id := tree.Root; int(id) < len(t.Nodes); id++ {
		if err := p.node(id); err != nil {
			return nil, err
		}
	}
	for id := tree.ID(len(t.Nodes) - 1); id > tree.Root; id-- {
		p.info[t.Parent(id)].meta = p.info[t.Parent(id)].meta || p.info[id].meta
	}
	p.rootKinds()
	p.literals = p.mandatory(tree.Root)
	if len(p.roots) > 1 && !options.SymbolicPropagation {
		p.later = p.mandatory(p.roots[1])
	}
	return p, nil
}

// Metavariables are the names that a match binds, by slot.
func (p *Pattern) Metavariables() []string { return p.names }

// slot returns the slot of a name.
func (p *Pattern) slot(name string) int {
	if name == "$_" {
		return -1
	}
	for i, each := range p.names {
		if each == name {
			return i
		}
	}
	p.names = append(p.names, name)
	return len(p.names) - 1
}

// node compiles a node.
func (p *Pattern) node(id tree.ID) error {
	t, info := p.tree, &p.info[id]
	info.slot = -1
	switch t.Kind(id) {
	case tree.Metavariable:
		info.slot = p.slot(t.Text(id))
		info.meta = info.slot >= 0
	case tree.Name, tree.Member:
		info.dotted = dotted(t, id)
	case tree.String, tree.Regex:
		return p.literal(id)
	}
	return nil
}

// literal finds out how the content of a string is meant.
func (p *Pattern) literal(id tree.ID) error {
	text, info := p.tree.Text(id), &p.info[id]
	if text == "..." {
		info.text = anyText
		return nil
	}
	if end, name, many := lex.Metavariable(text, 0); end == len(text) && end > 0 {
		info.text = boundText
		if many {
			info.text = manyText
		}
		info.slot = p.slot(name)
		info.meta = info.slot >= 0
		return nil
	}
	if raw := p.tree.At(id); len(raw) > 2 && strings.HasPrefix(raw[1:], "=~/") {
		// An expression has its own escapes, not those of the language.
		text = raw[1 : len(raw)-1]
	}
	body, ok := strings.CutPrefix(text, "=~/")
	end := strings.LastIndexByte(body, '/')
	if !ok || end < 0 {
		return nil
	}
	flags := body[end+1:]
	if strings.Trim(flags, "ism") != "" {
		return nil
	}
	expression := body[:end]
	if flags != "" {
		expression = "(?" + flags + ")" + expression
	}
	compiled, err := regexp.Compile(expression)
	if err != nil {
		return fmt.Errorf("the expression of a string is not valid")
	}
	info.text, info.regex = regexText, compiled
	return nil
}

// sequence reports whether a node of a pattern stands for any number of nodes.
func (p *Pattern) sequence(id tree.ID) bool {
	switch p.tree.Kind(id) {
	case tree.Ellipsis:
		return p.tree.Role(id) != tree.RolePart
	case tree.Metavariable:
		return p.tree.Has(id, tree.Many)
	case tree.String:
		return p.tree.Role(id) == tree.RolePart && (p.info[id].text == anyText || p.info[id].text == manyText)
	}
	return false
}

// rootKinds finds out which nodes of a file the root can match.
func (p *Pattern) rootKinds() {
	if len(p.roots) > 1 {
		p.kinds[tree.Block], p.kinds[tree.File] = true, true
		return
	}
	root := p.roots[0]
	switch kind := p.tree.Kind(root); kind {
	case tree.Metavariable, tree.Ellipsis, tree.Deep, tree.TypedMetavariable:
		for k := range p.kinds {
			p.kinds[k] = expressions[k]
		}
	case tree.ExprStmt:
		p.kinds[tree.Block], p.kinds[tree.File] = true, true
	case tree.String:
		p.only(tree.String, tree.Char, tree.Name, tree.Template, tree.Binary, tree.Call)
	case tree.Number, tree.Bool, tree.Null:
		p.only(kind, tree.Name, tree.Unary, tree.Binary)
	case tree.Name, tree.Member:
		p.only(tree.Name, tree.Member)
		if !p.options.SymbolicPropagation {
			p.last = p.lastName(root)
			property := p.tree.Child(root, tree.RoleProperty)
			p.anyMember = p.tree.Kind(property) == tree.Metavariable && !p.sequence(property)
		}
	case tree.Unary:
		p.only(tree.Unary, tree.Name)
	case tree.Function:
		p.only(tree.Function, tree.Assign)
	case tree.Object:
		p.only(tree.Object, tree.Set, tree.Comprehension)
	case tree.Array:
		p.only(tree.Array, tree.Comprehension)
	case tree.Assign, tree.Declare:
		p.only(tree.Assign, tree.Declare)
	case tree.For:
		p.only(tree.For, tree.ForEach, tree.While)
	case tree.Import:
		p.only(tree.Import, tree.Export)
	case tree.Regex:
		p.only(tree.Regex, tree.Name)
	case tree.Call:
		p.only(tree.Call)
		p.callee = p.lastName(p.tree.Child(root, tree.RoleCallee))
	default:
		p.only(kind)
	}
	if p.options.SymbolicPropagation && expressions[p.tree.Kind(root)] {
		p.kinds[tree.Name] = true
	}
}

func (p *Pattern) only(kinds ...tree.Kind) {
	for _, kind := range kinds {
		p.kinds[kind] = true
	}
}

// lastName is the last name of a callee, "" when a metavariable stands there.
func (p *Pattern) lastName(callee tree.ID) string {
	switch p.tree.Kind(callee) {
	case tree.Name:
		return p.tree.Text(callee)
	case tree.Member:
		return p.lastName(p.tree.Child(callee, tree.RoleProperty))
	}
	return ""
}

// mandatory are the names from a node of the pattern on that every file with a match contains.
func (p *Pattern) mandatory(from tree.ID) []string {
	var all []string
	t := p.tree
	for id := from; int(id) < len(t.Nodes); id++ {
		if t.Role(id) == tree.RoleType && t.Kind(t.Parent(id)) == tree.TypedMetavariable && p.mayGoUnnamed(id) {
			// A literal has its type without naming it.
			id = t.Nodes[id].Limit - 1
			continue
		}
		if t.Kind(id) == tree.String && t.Language.Data() && p.wordOf(id) {
			all = append(all, t.Text(id))
			continue
		}
		if t.Kind(id) != tree.Name || len(t.Text(id)) < 2 || t.Text(id) == "default" {
			continue
		}
		if t.Language == tree.Dockerfile {
			continue // A file may write the names of instructions in small letters.
		}
		if t.Kind(t.Parent(id)) == tree.Imported || t.Role(id) == tree.RoleModifier {
			continue
		}
		all = append(all, t.Text(id))
	}
	return all
}

// wordOf reports whether a text of a pattern for data is a word of letters and digits that a file can write in one way only: a key, or a value that is
// no number and no truth value.
func (p *Pattern) wordOf(id tree.ID) bool {
	text := p.tree.Text(id)
	return len(text) > 2 && p.info[id].text == exactText && text[0] > '9' && isWord(text)
}

// mayGoUnnamed reports whether an expression may have a type that the file does not name: that of a literal, or one of Java's
// primitive types by the name of its class.
func (p *Pattern) mayGoUnnamed(typ tree.ID) bool {
	t := p.tree
	for id := typ; id < t.Nodes[typ].Limit; id++ {
		if t.Kind(id) == tree.Name && unnamed[t.Text(id)] {
			return true
		}
	}
	return false
}

// unnamed are the names of types of literals, and of Java's classes around primitive types.
var unnamed = func() map[string]bool {
	all := map[string]bool{}
	for _, names := range literalTypes {
		for _, name := range strings.Fields(names) {
			all[name] = true
		}
	}
	for class, primitive := range boxes {
		all[class], all[primitive] = true, true
	}
	return all
}()

// expressions are the kinds that a metavariable alone matches.
var expressions = func() (set [256]bool) {
	for _, kind := range []tree.Kind{
		tree.Name, tree.Member, tree.Index, tree.Call, tree.New, tree.Composite, tree.Unary, tree.Binary, tree.Conditional, tree.Assign, tree.Cast, tree.TypeTest, tree.Sequence,
		tree.Await, tree.Yield, tree.String, tree.Template, tree.Number, tree.Char, tree.Bool, tree.Null, tree.Regex, tree.Array, tree.Tuple, tree.Set, tree.Object, tree.Comprehension, tree.Element,
		tree.Function, tree.Switch, tree.Ellipsis, tree.Class,
	} {
		set[kind] = true
	}
	return set
}()
