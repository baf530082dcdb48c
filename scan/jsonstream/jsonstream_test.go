package jsonstream_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/jsonstream"
)

func TestTextStaysReadable(t *testing.T) {
	t.Parallel()
	v := map[string]string{"a": "x < y && z > \"ü\""}
	line, err := jsonstream.Line(v)
	require.NoError(t, err)
	lines, err := jsonstream.Indented(v)
	require.NoError(t, err)
	// Compare the bytes, because the layout matters too.
	want := []string{`{"a":"x < y && z > \"ü\""}` + "\n", "{\n  \"a\": \"x < y && z > \\\"ü\\\"\"\n}\n"}
	require.Equal(t, want, []string{string(line), string(lines)})
	_, err = jsonstream.Line(func() {})
	require.Error(t, err)
}

// full accepts some bytes and then fails.
type full struct {
	room int
	err  error
}

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestTheFirstErrorCounts(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := jsonstream.NewWriter(&b)
	w.Raw("[\n")
	w.Value("<a>")
	w.Raw(",\n")
	w.Value([]int{1})
	w.Raw("\n]\n")
	require.NoError(t, w.Flush())
	require.Equal(t, "[\n\"<a>\",\n[1]\n]\n", b.String())

	w = jsonstream.NewWriter(&b)
	w.Value(func() {})
	before := b.Len()
	w.Raw("x")
	w.Value(1)
	require.ErrorContains(t, w.Flush(), "unsupported type")
	require.Equal(t, before, b.Len())

	disk := &full{100_000, errors.New("the disk is full")}
	w = jsonstream.NewWriter(disk)
	for range 1000 {
		w.Value(strings.Repeat("x", 1000))
	}
	require.ErrorIs(t, w.Flush(), disk.err)
}
