package flow

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// tries are two versions with a common past, and what they hold.
func tries(random *rand.Rand, size int) (a, b *state, inA, inB map[place]int32) {
	a = newState(func(int32) bool { return false })
	inA, inB = map[place]int32{}, map[place]int32{}
	put := func(s *state, in map[place]int32) {
		p, v := place{random.Int32N(8), random.Int32N(int32(size))}, random.Int32N(3)+1
		s.put(p, value{may: []int32{v}})
		in[p] = v
	}
	for range size {
		put(a, inA)
	}
	b = a.clone()
	for p, v := range inA {
		inB[p] = v
	}
	for range random.IntN(4) {
		put(a, inA)
	}
	for range random.IntN(4) {
		put(b, inB)
	}
	return a, b, inA, inB
}

func TestJoiningStatesKeepsWhatBothKnow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3_000 {
		a, b, inA, inB := tries(random, 1+random.IntN(200))
		out := join(a, b)
		for p, v := range inA {
			want := []int32{v}
			if w, ok := inB[p]; ok {
				want = unionOf(want, []int32{w})
			}
			got, ok := out.get(p)
			require.True(t, ok)
			require.Equal(t, want, got.may)
		}
		for p := range inB {
			_, ok := out.get(p)
			require.True(t, ok)
		}
		count := 0
		differ(nil, out.root, 0, func(_, _ *leaf) bool { count++; return true })
		all := map[place]bool{}
		for _, in := range []map[place]int32{inA, inB} {
			for p := range in {
				all[p] = true
			}
		}
		require.Equal(t, len(all), count, "each place is there once")
	}
}

func TestJoiningMakesNothingNewWhereOneSideHasItAll(t *testing.T) {
	a := newState(func(int32) bool { return false })
	for i := range int32(500) {
		a.put(place{1, i}, value{partly: true, may: []int32{i}})
	}
	b := a.clone()
	b.put(place{2, 1}, value{partly: true, may: []int32{7}})
	root := b.root
	require.Same(t, root, join(a, b).root)
	require.Same(t, root, join(b, a).root)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { join(a, b) }), 3.0)
}
