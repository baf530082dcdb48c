package sarif_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/sarif"
)

func TestReadEncodings(t *testing.T) {
	t.Parallel()
	const log = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"größe 🚰"}},"results":[{"message":{"text":"m"}}]}]}`
	wide := func(order binary.ByteOrder, mark string, tail ...uint16) string {
		out := []byte(mark)
		for _, unit := range append(utf16.Encode([]rune(log)), tail...) {
			out = append(out, 0, 0)
			order.PutUint16(out[len(out)-2:], unit)
		}
		return string(out)
	}
	cases := map[string]string{
		"utf-8": log, "utf-8 with mark": "\xef\xbb\xbf" + log, "utf-16 little": wide(binary.LittleEndian, "\xff\xfe"), "utf-16 big": wide(binary.BigEndian, "\xfe\xff"),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs, err := sarif.Read(iotest.OneByteReader(strings.NewReader(c)), sarif.ReadOptions{})
			require.NoError(t, err)
			require.Equal(t, "größe 🚰", runs[0].Tool)
			require.Len(t, runs[0].Result.Findings, 1)
		})
	}
	_, err := sarif.Read(strings.NewReader(wide(binary.LittleEndian, "\xff\xfe", 0xd83d)), sarif.ReadOptions{})
	require.ErrorIs(t, err, sarif.ErrNotSARIF, "half a surrogate pair at the end")
	_, err = sarif.Read(strings.NewReader(wide(binary.BigEndian, "\xfe\xff")+"x"), sarif.ReadOptions{})
	require.ErrorIs(t, err, sarif.ErrNotSARIF, "an odd byte at the end")
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		log  string
		is   error
		says string
	}{
		"empty":             {"", sarif.ErrNotSARIF, "it is empty"},
		"space":             {" \n", sarif.ErrNotSARIF, "ends in the middle, at line 2, byte offset 2"},
		"html":              {"<html>", sarif.ErrNotSARIF, "invalid JSON at line 1, byte offset 0"},
		"console output":    {"INFO scanning\n{}", sarif.ErrNotSARIF, "without its console output"},
		"list":              {`[1]`, sarif.ErrNotSARIF, "the log is not an object"},
		"text":              {`"log"`, sarif.ErrNotSARIF, "the log is not an object"},
		"null":              {`null`, sarif.ErrNotSARIF, "the log is not an object"},
		"other json":        {`{"results":[]}`, sarif.ErrNotSARIF, `neither "version" nor "runs"`},
		"no runs":           {`{"version":"2.1.0"}`, sarif.ErrNotSARIF, `it has no "runs"`},
		"runs null":         {`{"version":"2.1.0","runs":null}`, sarif.ErrNotSARIF, `"runs" is not a list`},
		"runs object":       {`{"runs":{}}`, sarif.ErrNotSARIF, `"runs" is not a list`},
		"run number":        {`{"runs":[1]}`, sarif.ErrNotSARIF, `a run is not an object`},
		"results object":    {`{"runs":[{"results":{}}]}`, sarif.ErrNotSARIF, `"results" is not a list`},
		"version 1":         {`{"version":"1.0.0","runs":[]}`, sarif.ErrVersion, `"1.0.0": only 2.1.0 is read`},
		"version 3":         {`{"version":"3.0","runs":[]}`, sarif.ErrVersion, "ask the tool for SARIF 2.1.0"},
		"cut off":           {"{\"version\":\"2.1.0\",\n\"runs\":[{\n\"results\":[{", sarif.ErrNotSARIF, "ends in the middle, at line 3"},
		"comma missing":     {"{\"version\":\"2.1.0\"\n\"runs\":[]}", sarif.ErrNotSARIF, "line 2, byte offset 19"},
		"error in a result": {"{\"runs\":[{\"results\":[\n{\"message\":{}},\n{\"message\":\n?}]}]}", sarif.ErrNotSARIF, "line 4, byte offset 50"},
		"second log":        {`{"version":"2.1.0","runs":[]}{"version":"2.1.0","runs":[]}`, sarif.ErrNotSARIF, "there is more text after the log"},
		"deep":              {`{"x":` + strings.Repeat("[", 20_000), sarif.ErrNotSARIF, "invalid JSON"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs, err := sarif.Read(strings.NewReader(c.log), sarif.ReadOptions{})
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.says)
			require.Nil(t, runs)
		})
	}
}

func TestReadErrorHoldsNoText(t *testing.T) {
	t.Parallel()
	for _, log := range []string{`{"runs":[{"results":[{"message":{"text":"` + canary, `{"runs":[{"results":[{"message":{"text":"` + canary + `"}?`, canary, `{"` + canary + `" 1}`} {
		_, err := sarif.Read(strings.NewReader(log), sarif.ReadOptions{})
		require.Error(t, err)
		require.NotContains(t, err.Error(), canary[:8])
	}
}

func TestReadBroken(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken pipe")
	_, err := sarif.Read(iotest.ErrReader(broken), sarif.ReadOptions{})
	require.ErrorIs(t, err, broken)
}

func TestReadLimits(t *testing.T) {
	t.Parallel()
	log := `{"version":"2.1.0","runs":[]}`
	for limit, want := range map[int]error{len(log): nil, len(log) - 1: sarif.ErrTooLarge, 1: sarif.ErrTooLarge} {
		_, err := sarif.Read(strings.NewReader(log), sarif.ReadOptions{MaxBytes: int64(limit)})
		if want == nil {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, want)
		require.ErrorContains(t, err, fmt.Sprintf("more than %d bytes", limit))
	}
	many := `{"version":"2.1.0","runs":[{"results":[{"kind":"pass"}` + strings.Repeat(`,{}`, sarif.MaxResults) + `]}]}`
	_, err := sarif.Read(strings.NewReader(many), sarif.ReadOptions{})
	require.ErrorIs(t, err, sarif.ErrTooLarge)
	require.ErrorContains(t, err, "more than 1000000 results")
}
