package dockerfile

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// instruction reads one instruction with all its lines. ENV and LABEL may give several nodes; nothing that is no instruction gives any.
func (p *parser) instruction() []tree.ID {
	start := p.at
	end := start
	for end < len(p.source) && (p.source[end]|0x20 >= 'a' && p.source[end]|0x20 <= 'z') {
		end++
	}
	name := strings.ToUpper(p.source[start:end])
	if !instructions[name] || end < len(p.source) && strings.IndexByte(" \t\r\n", p.source[end]) < 0 && p.source[end] != p.escape {
		return nil
	}
	p.at = end
	p.spaces()
	mark := p.Mark()
	p.Push(tree.RoleCallee, p.Leaf(tree.Name, name, start, end))
	for strings.HasPrefix(p.source[p.at:], "--") && name != "ENV" && name != "LABEL" {
		p.Push(tree.RoleAttribute, p.flag())
		p.spaces()
	}
	switch name {
	case "ONBUILD":
		if p.depth++; p.depth < tree.MaxDepth {
			for _, inner := range p.instruction() {
				p.Push(tree.RoleArgument, inner)
			}
		}
		p.depth--
		p.words(false)
	case "FROM":
		p.image()
	case "ARG":
		p.pair()
		p.words(false)
	case "ENV", "LABEL":
		return p.pairs(mark, name, start)
	case "RUN", "CMD", "ENTRYPOINT", "SHELL", "ADD", "COPY", "VOLUME":
		if p.exec() {
			break
		}
		p.words(name == "RUN" || name == "CMD" || name == "ENTRYPOINT")
	default:
		p.words(false)
	}
	return []tree.ID{p.Close(mark, tree.Call, start, p.trimmed())}
}

// trimmed is the end of what was read, without white space.
func (p *parser) trimmed() int {
	end := p.at
	for end > 0 && strings.IndexByte(" \t\r\n", p.source[end-1]) >= 0 {
		end--
	}
	return end
}

// flag reads `--name` or `--name=value`. A value of several parts is an Object.
func (p *parser) flag() tree.ID {
	start := p.at
	end := p.wordEnd(p.at, false)
	name, value, ok := strings.Cut(p.source[start:end], "=")
	mark := p.Mark()
	p.Push(tree.RoleName, p.Leaf(tree.Name, name, start, start+len(name)))
	at := start + len(name) + 1
	switch {
	case !ok:
	case !strings.Contains(value, "="):
		p.Push(tree.RoleValue, p.scalar(at, end))
	default:
		inner := p.Mark()
		for part := range strings.SplitSeq(value, ",") {
			key, text, found := strings.Cut(part, "=")
			keyEnd := at + len(key)
			pair := p.Mark()
			p.Push(tree.RoleKey, p.Leaf(tree.String, key, at, keyEnd))
			if found {
				p.Push(tree.RoleValue, p.scalar(keyEnd+1, keyEnd+1+len(text)))
			}
			p.Push(tree.RoleElement, p.Close(pair, tree.Pair, at, at+len(part)))
			at += len(part) + 1
		}
		p.Push(tree.RoleValue, p.Close(inner, tree.Object, start+len(name)+1, end))
	}
	p.at = end
	return p.Close(mark, tree.Attribute, start, end)
}

// attribute makes a part of an image with a name.
func (p *parser) attribute(name string, from, start, end int) {
	mark := p.Mark()
	p.Push(tree.RoleName, p.Leaf(tree.Name, name, from, start))
	p.Push(tree.RoleValue, p.scalar(start, end))
	p.Push(tree.RoleAttribute, p.Close(mark, tree.Attribute, from, end))
}

// image reads the image of FROM: name, tag, digest and alias.
func (p *parser) image() {
	start := p.at
	end := p.wordEnd(start, false)
	text := p.source[start:end]
	name := len(text)
	digest := strings.IndexByte(text, '@')
	if digest >= 0 {
		name = digest
	}
	tag := strings.LastIndexByte(text[:name], ':')
	if tag >= 0 && strings.IndexByte(text[tag:], '/') < 0 && !strings.HasSuffix(text[:tag], "}") && strings.Count(text[:tag], "{") == strings.Count(text[:tag], "}") {
		name = tag
	} else {
		tag = -1
	}
	p.Push(tree.RoleArgument, p.scalar(start, start+name))
	if tag >= 0 {
		stop := end
		if digest >= 0 {
			stop = start + digest
		}
		p.attribute("tag", start+tag, start+tag+1, stop)
	}
	if digest >= 0 {
		p.attribute("digest", start+digest, start+digest+1, end)
	}
	p.at = end
	p.spaces()
	if !p.ended() && strings.EqualFold(p.source[p.at:p.wordEnd(p.at, false)], "as") {
		from := p.at
		p.at += 2
		p.spaces()
		if !p.ended() {
			end := p.wordEnd(p.at, false)
			p.attribute("as", from, p.at, end)
			p.at = end
		}
	}
	p.words(false)
}

// pair reads `name`, or `name=value` as two arguments.
func (p *parser) pair() {
	start := p.at
	end := p.wordEnd(start, false)
	equals := strings.IndexByte(p.source[start:end], '=')
	if equals < 0 {
		p.Push(tree.RoleArgument, p.scalar(start, end))
	} else {
		p.Push(tree.RoleArgument, p.scalar(start, start+equals))
		p.Push(tree.RoleArgument, p.scalar(start+equals+1, end))
	}
	p.at = end
}

// pairs reads the pairs of ENV and LABEL. The oldest form has one name and the rest of the line as its value.
func (p *parser) pairs(mark tree.Mark, name string, start int) []tree.ID {
	var all []tree.ID
	first := p.source[p.at:p.wordEnd(p.at, false)]
	if !strings.Contains(first, "=") && first != "..." {
		p.pair()
		p.spaces()
		if !p.ended() {
			from := p.at
			end := p.wordEnd(from, false)
			for p.at = end; ; {
				if p.spaces(); p.ended() {
					break
				}
				end = p.wordEnd(p.at, false)
				p.at = end
			}
			p.Push(tree.RoleArgument, p.scalar(from, end))
		}
		return []tree.ID{p.Close(mark, tree.Call, start, p.trimmed())}
	}
	for !p.Full() {
		p.spaces()
		if p.ended() {
			break
		}
		from := p.at
		if p.pattern && p.source[from:p.wordEnd(from, false)] == "..." {
			p.at += 3
			continue
		}
		if len(all) > 0 {
			start = from
			p.Push(tree.RoleCallee, p.Leaf(tree.Name, name, from, from))
		}
		p.pair()
		all = append(all, p.Close(mark, tree.Call, start, p.at))
		mark = p.Mark()
	}
	if len(all) == 0 {
		p.Push(tree.RoleArgument, p.Leaf(tree.Ellipsis, "", p.at, p.at))
		all = append(all, p.Close(mark, tree.Call, start, p.at))
	}
	return all
}

// hole reads a word of a pattern that stands for something; None for any other.
func (p *parser) hole(start, end int) tree.ID {
	text := p.source[start:end]
	if !p.pattern {
		return tree.None
	}
	if text == "..." {
		return p.Leaf(tree.Ellipsis, "", start, end)
	}
	if length, name, many := lex.Metavariable(text, 0); length == len(text) && length > 0 {
		id := p.Leaf(tree.Metavariable, name, start, end)
		if many {
			p.SetFlags(id, tree.Many)
		}
		return id
	}
	return tree.None
}
