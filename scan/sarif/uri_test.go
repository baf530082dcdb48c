package sarif_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

func TestReadPath(t *testing.T) {
	t.Parallel()
	const baseIDs = `"originalUriBaseIds":{
		"REPO":{"uri":"file:///github/workspace/"}, "SRC":{"uri":"src/","uriBaseId":"REPO"}, "HERE":{"uri":"file:///build/app/sub"},
		"LOOP":{"uri":"a/","uriBaseId":"LOOP"}, "IMAGE":{"uri":"file:///"}, "NAMELESS":{"description":{"text":"the root"}}, "WEB":{"uri":"https://example.com/"},
		"OLD":"file:///draft/"},
		"artifacts":[{"location":{"uri":"by/index.go"}},{}],`
	cases := map[string]struct{ location, want string }{
		"relative":              {`"uri":"a/b.go"`, "a/b.go"},
		"dot":                   {`"uri":"./a/./b.go"`, "a/b.go"},
		"dot dot within":        {`"uri":"a/../b.go"`, "b.go"},
		"backslashes":           {`"uri":"a\\b\\c.cs"`, "a/b/c.cs"},
		"percent":               {`"uri":"a%20b/%C3%BC%FF%25.go"`, "a b/ü\xff%.go"},
		"invalid percent":       {`"uri":"100%/a%zz.go"`, "100%/a%zz.go"},
		"number sign":           {`"uri":"C#/a.cs"`, "C#/a.cs"},
		"below the option":      {`"uri":"file:///build/app/a.go"`, "a.go"},
		"bare absolute":         {`"uri":"/build/app/a.go"`, "a.go"},
		"file with host":        {`"uri":"file://localhost/build/app/a.go"`, "a.go"},
		"file without slashes":  {`"uri":"file:/build/app/a.go"`, "a.go"},
		"below a base":          {`"uri":"file:///github/workspace/x/a.go"`, "x/a.go"},
		"base":                  {`"uri":"a.go","uriBaseId":"REPO"`, "a.go"},
		"nested base":           {`"uri":"a.go","uriBaseId":"SRC"`, "src/a.go"},
		"base below the option": {`"uri":"a.go","uriBaseId":"HERE"`, "sub/a.go"},
		"base of a draft":       {`"uri":"a.go","uriBaseId":"OLD"`, "a.go"},
		"up from the base":      {`"uri":"../a.go","uriBaseId":"HERE"`, "a.go"},
		"unknown base":          {`"uri":"a.go","uriBaseId":"%SRCROOT%"`, "a.go"},
		"base without uri":      {`"uri":"a.go","uriBaseId":"NAMELESS"`, "a.go"},
		"base of an image":      {`"uri":"usr/lib/a.so","uriBaseId":"IMAGE"`, "usr/lib/a.so"},
		"index":                 {`"index":0`, "by/index.go"},
		"index of nothing":      {`"index":1`, ""},
		"index out of range":    {`"index":7`, ""},
		"base in a circle":      {`"uri":"a.go","uriBaseId":"LOOP"`, strings.Repeat("a/", 16) + "a.go"},
		"outside dot dot":       {`"uri":"../a.go"`, ""},
		"outside percent":       {`"uri":"x/%2e%2e/%2E%2E/etc/passwd"`, ""},
		"outside backslash":     {`"uri":"..\\..\\a.go"`, ""},
		"outside base":          {`"uri":"../../a.go","uriBaseId":"HERE"`, ""},
		"outside absolute":      {`"uri":"file:///usr/include/stdio.h"`, ""},
		"outside like the root": {`"uri":"file:///build/application/a.go"`, ""},
		"outside drive":         {`"uri":"file:///C:/a.go"`, ""},
		"outside web":           {`"uri":"https://example.com/a.go"`, ""},
		"outside other machine": {`"uri":"//host/share/a.go"`, ""},
		"zero byte":             {`"uri":"a%00.go"`, ""},
		"empty":                 {`"uri":""`, ""},
		"the root itself":       {`"uri":"."`, ""},
		"too long":              {`"uri":"` + strings.Repeat("a/", 3000) + `b"`, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := one(t, baseIDs+`"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{`+c.location+`},"region":{"startLine":3}}}]}]`)
			f := run.Result.Findings[0]
			require.Equal(t, c.want, f.Path)
			if c.want == "" {
				require.Zero(t, f.Position)
			}
			require.Equal(t, strings.HasPrefix(name, "outside") || name == "zero byte" || name == "too long", f.Related != "", f.Related)
			require.Equal(t, f.Related != "", len(run.Result.Notes) == 1, "a note says so")
		})
	}
}

func TestReadPathOnWindows(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{`file:///c:/Agent/app/src/a.cs`, `C:\\Agent\\app\\src\\a.cs`, `file:///C%3A/Agent/app/src/a.cs`} {
		runs := read(t, `{"version":"2.1.0","runs":[{"tool":{},"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"`+uri+`"}}}]}]}]}`,
			sarif.ReadOptions{Root: `C:\Agent\app`})
		require.Equal(t, "src/a.cs", runs[0].Result.Findings[0].Path, uri)
	}
}

func TestReadRegion(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		region string
		want   scan.Position
	}{
		"all":                  {`{"startLine":3,"startColumn":5,"endLine":4,"endColumn":2}`, scan.Position{StartLine: 3, StartColumn: 5, EndLine: 4, EndColumn: 2}},
		"line":                 {`{"startLine":3}`, scan.Position{StartLine: 3, StartColumn: 1, EndLine: 3}},
		"end column":           {`{"startLine":3,"endColumn":9}`, scan.Position{StartLine: 3, StartColumn: 1, EndLine: 3, EndColumn: 9}},
		"zero":                 {`{"startLine":0,"endLine":4}`, scan.Position{}},
		"negative":             {`{"startLine":-1}`, scan.Position{}},
		"offset only":          {`{"charOffset":12,"charLength":4}`, scan.Position{}},
		"end before start":     {`{"startLine":9,"startColumn":5,"endLine":4,"endColumn":8}`, scan.Position{StartLine: 9, StartColumn: 5, EndLine: 9}},
		"end column too small": {`{"startLine":9,"startColumn":5,"endColumn":2}`, scan.Position{StartLine: 9, StartColumn: 5, EndLine: 9}},
		"numbers as text":      {`{"startLine":"3","endLine":4.0}`, scan.Position{StartLine: 3, StartColumn: 1, EndLine: 4}},
		"huge":                 {`{"startLine":1e300}`, scan.Position{}},
		"words":                {`{"startLine":"three"}`, scan.Position{}},
		"a list":               {`{"startLine":[3]}`, scan.Position{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := one(t, `"results":[{"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":`+c.region+`}}]}]`)
			require.Equal(t, c.want, run.Result.Findings[0].Position)
		})
	}
}
