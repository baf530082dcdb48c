package tree

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sum builds `a+a+...` as a front end does: a loop that wraps what it has.
func sum(b *Builder, n int) ID {
	left := b.Leaf(Name, "a", 0, 1)
	for i := 1; i < n; i++ {
		left = b.Join(Binary, 0, 2*i+1, RoleLeft, left, RoleRight, b.Leaf(Name, "a", 2*i, 2*i+1))
		b.SetText(left, "+")
	}
	return left
}

func TestATreeIsInPreorder(t *testing.T) {
	t.Parallel()
	b := NewBuilder("f(x, y=1)", Python)
	mark := b.Mark()
	b.Push(RoleCallee, b.Leaf(Name, "f", 0, 1))
	b.Push(RoleArgument, b.Leaf(Name, "x", 2, 3))
	b.Push(RoleArgument, b.Join(Keyword, 5, 8, RoleName, b.Leaf(Name, "y", 5, 6), RoleValue, b.Leaf(Number, "1", 7, 8)))
	b.Push(RoleElse, None)
	call := b.Close(mark, Call, 0, 9)
	b.Push(RoleBody, b.Wrap(ExprStmt, 0, 9, RoleValue, call))
	tree := b.Finish()
	require.NoError(t, Check(tree))
	require.Equal(t, strings.TrimPrefix(`
file 0-9
  body: exprstmt 0-9
    value: call 0-9
      callee: name "f" 0-1
      argument: name "x" 2-3
      argument: keyword 5-8
        name: name "y" 5-6
        value: number "1" 7-8
`, "\n"), tree.String())
	require.Equal(t, ID(3), tree.First(2))
	require.Equal(t, None, tree.Next(3))
	require.Equal(t, ID(6), tree.Next(5))
	require.Equal(t, None, tree.Next(Root))
	require.Equal(t, None, tree.First(4))
	require.Equal(t, ID(5), tree.Child(3, RoleArgument))
	require.Equal(t, None, tree.Child(3, RoleElse))
	require.Equal(t, "y=1", tree.At(6))
	require.True(t, tree.Within(8, 3) && !tree.Within(2, 3))
	require.Equal(t, None, tree.Child(None, RoleElse))
	require.Equal(t, None, tree.First(None))
}

func TestALongChainIsCutIntoErrors(t *testing.T) {
	t.Parallel()
	const n = 50_000
	b := NewBuilder(strings.Repeat("a+", n), Python)
	b.Push(RoleBody, sum(b, n))
	tree := b.Finish()
	require.NoError(t, Check(tree))
	depth, deepest := make([]int, len(tree.Nodes)), 0
	for id := Root + 1; int(id) < len(tree.Nodes); id++ {
		depth[id] = depth[tree.Parent(id)] + 1
		deepest = max(deepest, depth[id])
	}
	require.LessOrEqual(t, deepest, maxHeight+1)
	require.Positive(t, tree.ErrorBytes)
}

func TestAParentHoldsItsChildren(t *testing.T) {
	t.Parallel()
	b := NewBuilder("abcdef", Python)
	b.Push(RoleBody, b.Wrap(Unary, 2, 3, RoleOperand, b.Leaf(Name, "x", 1, 5)))
	tree := b.Finish()
	require.NoError(t, Check(tree))
	require.Equal(t, Span{1, 5}, tree.Span(2))
}

func TestAParserGoesBackToACheckpoint(t *testing.T) {
	t.Parallel()
	b := NewBuilder("abc", Python)
	b.Push(RoleBody, b.Leaf(Name, "a", 0, 1))
	c := b.Checkpoint()
	mark := b.Mark()
	b.Push(RoleElement, b.Leaf(Name, "b", 1, 2))
	b.Comment(1, 2)
	b.Close(mark, Array, 1, 2)
	b.Rollback(c)
	b.Push(RoleBody, b.Leaf(Number, "1", 1, 2))
	tree := b.Finish()
	require.NoError(t, Check(tree))
	require.Equal(t, "file 0-3\n  body: name \"a\" 0-1\n  body: number \"1\" 1-2\n", tree.String())
	require.Empty(t, tree.Comments)
}

func TestATreeHasABoundedNumberOfNodes(t *testing.T) {
	t.Parallel()
	b := NewBuilder("x", Python)
	for range MaxNodes + 10 {
		b.Push(RoleBody, b.Leaf(Name, "x", 0, 1))
	}
	require.Equal(t, None, b.Wrap(Unary, 0, 1, RoleOperand, 1))
	require.True(t, b.Full())
	tree := b.Finish()
	require.NoError(t, Check(tree))
	require.True(t, tree.Cut)
}

func TestEveryKindAndRoleHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for kind := range kinds {
		require.NotEmpty(t, kind.String())
		require.False(t, seen[kind.String()], kind.String())
		seen[kind.String()] = true
	}
	for role := Role(1); role < Roles; role++ {
		require.NotEmpty(t, role.String())
	}
	require.Equal(t, "invalid", Kind(250).String())
	require.Equal(t, "invalid", Role(250).String())
	require.Len(t, flagNames, 16)
	require.Equal(t, Accessor, Flags(1)<<15)
	require.Equal(t, "python none", Python.String()+" "+Language(200).String())
}

func TestTheTreeOfAnUnreadSource(t *testing.T) {
	t.Parallel()
	require.NoError(t, Check(Unread("abc")))
	require.Equal(t, "file 0-3\n", Unread("abc").String())
}
