package code

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// key is what a finding is known by in another version of its file: the statement, the names of the functions and classes
// around it, and for a flow the expression of its source, with the names around that when it lies in another function. Formatting, comments, lines
// and the path do not matter.
func (e *examination) key(match *search.Finding, steps []place) string {
	around := e.around(match.Start, match.End)
	parts := []string{around, e.normal(e.statement(match.Start, match.End))}
	if len(steps) > 0 {
		source := steps[0]
		parts = append(parts, source.in.normal(source.Span))
		if from := source.in.around(source.Start, source.End); from != around || source.in != e {
			parts = append(parts, from)
		}
	}
	return strings.Join(parts, "\x00")
}

// innermost is the smallest node that holds a range; None without a tree.
func (e *examination) innermost(start, end uint32) tree.ID {
	if e.tree == nil {
		return tree.None
	}
	at := tree.Root
	for {
		inner := tree.None
		for child := range e.tree.Children(at) {
			if span := e.tree.Span(child); span.Start <= start && end <= span.End && span.Start < span.End {
				inner = child
				break
			}
		}
		if inner == tree.None {
			return at
		}
		at = inner
	}
}

// statement is the range of the simple statement around a range, or the range itself where a statement with a block is the
// nearest: the block's content is not the finding's.
func (e *examination) statement(start, end uint32) tree.Span {
	own := tree.Span{Start: start, End: end}
	for id := e.innermost(start, end); id != tree.None && id != tree.Root; id = e.tree.Parent(id) {
		if role := e.tree.Role(id); role != tree.RoleItem && role != tree.RoleBody {
			continue
		}
		for inner := id; inner < e.tree.Nodes[id].Limit; inner++ {
			if e.tree.Kind(inner) == tree.Block {
				return own
			}
		}
		return e.tree.Span(id)
	}
	return own
}

// around names the functions and classes around a range, the outermost first, with dots.
func (e *examination) around(start, end uint32) string {
	var names []string
	for id := e.innermost(start, end); id != tree.None && id != tree.Root; id = e.tree.Parent(id) {
		if kind := e.tree.Kind(id); kind == tree.Function || kind == tree.Class {
			if name := e.tree.Child(id, tree.RoleName); name != tree.None {
				names = append(names, e.tree.At(name))
			}
		}
	}
	slices.Reverse(names)
	return strings.Join(names, ".")
}

// normal is the text of a range without comments, and without the blanks that do not separate words. What literals hold
// stays as it is.
func (e *examination) normal(at tree.Span) string {
	text := e.source[at.Start:at.End]
	if e.tree == nil {
		return strings.Join(strings.Fields(text), " ")
	}
	var whole []tree.Span
	if id := e.innermost(at.Start, at.End); id != tree.None {
		for node := id; node < e.tree.Nodes[id].Limit; node++ {
			if kind := e.tree.Kind(node); kind == tree.String || kind == tree.Template || kind == tree.Regex || kind == tree.Char {
				if span := e.tree.Span(node); span.Start >= at.Start && span.End <= at.End && (len(whole) == 0 || span.Start >= whole[len(whole)-1].End) {
					whole = append(whole, span)
				}
			}
		}
	}
	var out strings.Builder
	last := func() rune { r, _ := utf8.DecodeLastRuneInString(out.String()); return r }
	blank := false
	comments := e.tree.Comments
	for i := at.Start; i < at.End; {
		for len(comments) > 0 && comments[0].End <= i {
			comments = comments[1:]
		}
		if len(comments) > 0 && comments[0].Start <= i {
			i, blank = comments[0].End, true
			continue
		}
		if len(whole) > 0 && whole[0].Start == i {
			out.WriteString(e.source[i:whole[0].End])
			i, blank, whole = whole[0].End, false, whole[1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(e.source[i:])
		i += uint32(size)
		if unicode.IsSpace(r) {
			blank = true
			continue
		}
		if blank && out.Len() > 0 && word(last()) && word(r) {
			out.WriteByte(' ')
		}
		blank = false
		out.WriteRune(r)
	}
	return out.String()
}

// word reports whether a character is part of a name.
func word(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }
