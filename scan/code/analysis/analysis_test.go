package analysis

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExpressionsThatTakeExponentialTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`(a+)+$`, `(a*)*$`, `(a*?)*$`, `(a*)*?$`, `(a+)*b`, `^(a+)+c`, `((ab)+)+$`, `((word )+)+$`, `(a|a)*$`, `(a|aa)*$`, `(aa?)*$`, `(a?a)*$`, `(a{1,2})*$`, `([ab]|[bc])*$`,
		`(a|a?)+$`, `(\w+\s?)*$`, `(\d+|\d+x?)*z`, `(.*a){10}$`, `(a*a){20}$`, `(aa+)*$`, `(a+a)*$`, `(.*,)*x`, `([a-z]+-?)*@`, `(x(y|y?)z)*$`, `(a?b?)*$`, `(?:a+)+$`, `(?<n>a+)+$`,
		`(?i)(a|A)*$`, `(?i:(a|A))*$`, `([[:alpha:]]+)*$`, `(\p{L}+)*$`, `(\x61|a)*$`, `(\u0061+)+\b`, `(a+)+(?=b)`, `x((a+)+b)?`, `((a+)+)c|d`, `(a+)+\1`, `([^"\\]|\\.|\\")*"`, `(\Qa\E|a)*$`,
		`([a-z]{2,64})+\d`, `(a+){5}$`, `(?P<x>(a|b|ab)*)$`, `(é+)+$`, `^(([a-z])+.)+[A-Z]([a-z])+$`, `(a|b|[^c])*c`, `(?#remark)(a+)+$`, `([\w.]+)+@`, `(?x)(a+)+$`,
	} {
		require.True(t, Exponential(text), text)
	}
}

func TestExpressionsThatDoNot(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `a+$`, `(a+)+`, `(a?)*$`, `(a|b)*$`, `(a|ab)*$`, `(a++)+$`, `(a+)++$`, `(?>a+)+`, `(?>(a+)+)$`, `(\w+\s)*$`, `^(\d+,)*\d+$`, `(a+b)+$`, `(ab+)+$`, `(\d{1,3}\.){3}\d{1,3}$`,
		`([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$`, `^[\w.+-]+@[\w-]+\.[\w.-]+$`, `(a+)+.*`, `(a+)+b?`, `((a|b)c)*$`, `([^"\\]|\\.)*"`, `(foo|bar|baz)*$`, `(a{10})*$`, `(a{2})*$`, `(a{20})*$`, `(?=(a+))b`,
		`[(a+)+]$`, `\(a+\)+$`, `(a+)+)$`, `((a+)+$`, `(a+)+[$`, `*a`, `\`, `(`, `(?<n`, `(?#x`, `[a`, `[`, `(?`, `(?i`, `{`, `a{`, `a{2`, `a{x}`, `(a|[^a])*$`, `(\d|\D)*$`, `(\s|\S)*$`, `(a+){3}$`,
		`^([a-z]+)@([a-z]+)\.com$`, `(\r\n|\n)*$`, `a*a*a*b`, `(-a+)*$`, `(a\Q+\E)*$`, `(?!(a+)+)b`,
	} {
		require.False(t, Exponential(text), text)
	}
}

func TestHostileExpressionsAreBounded(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("(", 10000) + "a" + strings.Repeat(")*", 10000), strings.Repeat("(", 150) + "a" + strings.Repeat("){8}", 150) + "$", strings.Repeat("(", 150) + `\b` + strings.Repeat("){8}", 150) + "$",
		"(" + strings.Repeat("[a-z]?", 250) + ")*$", "(" + strings.Repeat("a|", 5000) + "b)*$", strings.Repeat("(a|b)*", 2000) + "$", strings.Repeat("a", 1<<20), "(" + strings.Repeat(".?", 2000) + "){10}x",
		strings.Repeat("((a*b)*", 100) + strings.Repeat(")*c", 100), "(a{99999999999999999999})*$", "(a{999999,9999999})*$", strings.Repeat("(?i)", 4000) + "(a+)+$",
	} {
		Exponential(text)
	}
}

func TestTextsThatLookRandom(t *testing.T) {
	t.Parallel()
	// Made up here; they open nothing.
	for _, text := range []string{
		"q7Rz" + "Lk2vXw" + "9TbMc4HsPd", "9f86d081" + "884c7d65" + "9a2feaa0c55ad015", "xKq" + "ZvJw" + "QgXz" + "BfHk" + "WdVp", "b7e1" + "-4c2f-9d3a-" + "8f6e5a1c0b9d",
		"dGhp" + "cyBpcyBub3Qg" + "YSBzZWNyZXQ9", "A1b2" + "C3d4E5f6" + "G7h8I9",
	} {
		require.True(t, Random(text, Default), text)
		require.True(t, Random(text, Lax), text)
	}
	for _, text := range []string{
		"", "a", "password", "hello world, this is a sentence of words", "getUserByIdentifierAndName", "com.example.project.internal.Service", "https://example.com/path/to/some/file",
		strings.Repeat("x", 100), "2026-01-31T10:00:00", "SELECT name FROM users WHERE id = 1", "application/octet-stream", "/usr/local/share/applications/viewer", "short1X",
		"MAXIMUM_CONNECTIONS_PER_HOST", strings.Repeat("abc", 1),
	} {
		require.False(t, Random(text, Default), text)
		require.False(t, Random(text, Strict), text)
	}
	require.True(t, Random("k3Xv9"+"Qz7Tm", Lax))
	require.False(t, Random("k3Xv9"+"Qz7Tm", Default))
	require.False(t, Random("k3Xv9"+"Qz7Tm", Strict))
	require.True(t, Random("q7RzLk2v"+"Xw9TbMc4"+"HsPd1Yg8", Strict))
}

func FuzzExponential(f *testing.F) {
	for _, seed := range []string{`(a+)+$`, `([^"\\]|\\.)*"`, `(?<n>a|b{2,3})*?\k<n>`, `[[:alpha:]\d-\x41]{,3}`, `(?i-s:(?>x))++|\Qa\E`, `(?(1)a|b)`, `\p{L}\P{Lu}\u{61}`, "\xff[", `((((`, `[]a]`, `a{1`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, Exponential(text), Exponential(text))
		if Random(text, Strict) {
			require.True(t, Random(text, Default))
		}
		if Random(text, Default) {
			require.True(t, Random(text, Lax))
		}
	})
}
