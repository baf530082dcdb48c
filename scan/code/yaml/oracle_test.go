package yaml_test

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	parser "go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/scan/code/tree"
	"github.com/sluice-scan/sluice/scan/code/yaml"
)

// expected shows what the parser of the rules files reads: collections, and scalars by their text. It is false for a source
// that the parser refuses.
func expected(source string) (string, bool) {
	var out strings.Builder
	decoder := parser.NewDecoder(strings.NewReader(source))
	for {
		var n parser.Node
		err := decoder.Decode(&n)
		if errors.Is(err, io.EOF) {
			return out.String(), true
		}
		if err != nil {
			return "", false
		}
		showNode(&out, n.Content[0])
		out.WriteByte('\n')
	}
}

func showNode(out *strings.Builder, n *parser.Node) {
	switch n.Kind {
	case parser.MappingNode, parser.SequenceNode:
		out.WriteString(map[parser.Kind]string{parser.MappingNode: "{", parser.SequenceNode: "["}[n.Kind])
		for _, child := range n.Content {
			showNode(out, child)
			out.WriteByte(' ')
		}
		out.WriteString("}")
	case parser.AliasNode:
		if n.Alias.Kind == parser.ScalarNode {
			showNode(out, n.Alias)
			return
		}
		out.WriteString("*" + n.Value)
	default:
		text := n.Value
		if n.Style&(parser.SingleQuotedStyle|parser.DoubleQuotedStyle|parser.LiteralStyle|parser.FoldedStyle) == 0 {
			text = strings.TrimSpace(text)
		}
		if n.ShortTag() == "!!null" {
			text = ""
		}
		out.WriteString(strconv.Quote(text))
	}
}

// shown shows a tree in the same way. Numbers and truth values are as they are written.
func shown(t *tree.Tree) string {
	var out strings.Builder
	for id := range t.Children(tree.Root) {
		showTree(&out, t, id)
		out.WriteByte('\n')
	}
	return out.String()
}

func showTree(out *strings.Builder, t *tree.Tree, id tree.ID) {
	switch t.Kind(id) {
	case tree.Object, tree.Array:
		out.WriteString(map[tree.Kind]string{tree.Object: "{", tree.Array: "["}[t.Kind(id)])
		for child := range t.Children(id) {
			if t.Kind(child) == tree.Pair {
				for _, role := range []tree.Role{tree.RoleKey, tree.RoleValue} {
					if part := t.Child(child, role); part != tree.None {
						showTree(out, t, part)
					} else {
						out.WriteString(`""`)
					}
					out.WriteByte(' ')
				}
				continue
			}
			showTree(out, t, child)
			out.WriteByte(' ')
		}
		out.WriteString("}")
	case tree.Call:
		if value := t.Child(id, tree.RoleArgument); value != tree.None {
			showTree(out, t, value)
		} else {
			out.WriteString(`""`)
		}
	case tree.Null:
		out.WriteString(`""`)
	case tree.Bool, tree.Number:
		text := t.At(id)
		if strings.HasPrefix(text, "*") {
			text = t.Text(id)
		}
		out.WriteString(strconv.Quote(text))
	case tree.Error:
		out.WriteString("ERROR")
	case tree.String:
		out.WriteString(strconv.Quote(t.Text(id)))
	default:
		out.WriteString(t.Text(id))
	}
}

func TestWhatTheParserOfRulesReadsIsReadAlike(t *testing.T) {
	t.Parallel()
	for _, source := range documents {
		want, ok := expected(source)
		require.True(t, ok, source)
		made := yaml.Parse(source)
		require.NoError(t, tree.Check(made), source)
		require.Zero(t, made.ErrorBytes, source)
		require.Equal(t, want, shown(made), source)
	}
}

// documents are files of all forms.
var documents = []string{
	"", "# only a comment\n", "a: 1\nb: two\n", "a:\n  b:\n    - c\n    - d: e\n      f: g\n", "a:\n- b\n- c\nd: e\n", "- - a\n  - b\n-\n  - c\n- \n", "---\na: 1\n---\nb: 2\n...\n---\nc\n",
	"a: |\n  line 1\n\n    line 2\n  line 3\n\nb: >-\n  folded\n  text\n\n  next\n   more\n  end\nc: |+\n  kept\n\nd: |2\n   two\n",
	"a: 'it''s'\nb: \"tab\\t\\u0041\\x42 \\\"q\\\"\"\nc: \"two\n  lines\n\n  three\"\nd: plain text\n  goes on\n  here\ne: \"a \\\n   b\"\n",
	"a: {b: c, \"d\": [1, 2.5, true, ~], e: }\nf: [a: b, {c: d}, [e]]\ng: {h, i}\n", "a: &x 1\nb: *x\nc: &y {d: e}\nf: *y\n&k key: v\n",
	"Resource: !Sub '${A}'\nOther: !Ref B\nList: !Join [',', [a, b]]\nDeep: !If\n  - a\n  - !GetAtt b.c\nSet: !!str 12\n", "url: http://a.b/c#d\ntime: 12:30:45\nname: a:b\nc: a #b\nd: a#b\n",
	"? complex\n: value\n? other\n", "a: # comment\n  b\nc:\n  # comment\n  d: e # more\n", "on:\n  push: [main]\nyes: no\n1: 2\n", "\"a\": b\n'c': d\n\"e\":\n  - f\n", "a:\r\n  - b\r\n  - c: |\r\n      d\r\n      e\r\nf: g\r\n",
	"\ufeffa: b\n", "a: -1\nb: 0x1F\nc: 1e3\nd: 1.2.3\n", "%YAML 1.1\n---\na: b\n", "steps:\n  - run: |\n      if true; then\n        echo 'a: b'\n      fi\n  - uses: x@v1\n",
	"a: >\n\n  b\n\n\n  c\nd: e\n", "text: >\n  a\n    b\n  c\n\n    d\n\n  e\n", "- |-\n a\n  b\n-  c:  d\n   e:  f\n", "{\n  \"a\": [\n    {\"b\": \"c\"}\n  ]\n}\n", "a: \"{{ b }}\"\nc: ${{ d }}\n", "a:   \n\n\n  b:   \n   c: d\n",
}
