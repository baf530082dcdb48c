package code

import (
	"bytes"
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/dockerfile"
	"github.com/sluice-scan/sluice/scan/code/golang"
	"github.com/sluice-scan/sluice/scan/code/hcl"
	"github.com/sluice-scan/sluice/scan/code/java"
	"github.com/sluice-scan/sluice/scan/code/javascript"
	"github.com/sluice-scan/sluice/scan/code/json"
	"github.com/sluice-scan/sluice/scan/code/python"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
	"github.com/sluice-scan/sluice/scan/code/yaml"
)

// front is how the files of one kind are read. The zero value is no language.
type front struct {
	language rule.Language
	parse    func(source string) *tree.Tree
}

// dialect reads files and patterns of JavaScript or TypeScript.
func dialect(name rule.Language, d javascript.Dialect, pattern javascript.Dialect) search.Language {
	return search.Language{
		Name:         name,
		Parse:        func(source string) *tree.Tree { return javascript.Parse(source, d) },
		ParsePattern: func(source string) (*tree.Tree, error) { return javascript.ParsePattern(source, pattern) },
	}
}

// Languages are the languages that have a front end, under the names that rules use. Callers must not change the list.
func Languages() []search.Language { return languages }

var languages = []search.Language{
	{Name: "python", Parse: python.Parse, ParsePattern: python.ParsePattern},
	{Name: "java", Parse: java.Parse, ParsePattern: java.ParsePattern},
	{Name: "go", Parse: golang.Parse, ParsePattern: golang.ParsePattern},
	dialect("js", javascript.JavaScript, javascript.JavaScript),
	dialect("ts", javascript.TypeScript, javascript.TSX),
	{Name: "json", Parse: json.Parse, ParsePattern: json.ParsePattern},
	{Name: "yaml", Parse: yaml.Parse, ParsePattern: yaml.ParsePattern},
	{Name: "dockerfile", Parse: dockerfile.Parse, ParsePattern: dockerfile.ParsePattern},
	{Name: "terraform", Parse: hcl.Parse, ParsePattern: hcl.ParsePattern},
}

// fronts are the front ends by what is known of a file.
var (
	pythonFront     = front{"python", python.Parse}
	javaFront       = front{"java", java.Parse}
	goFront         = front{"go", golang.Parse}
	javascriptFront = front{"js", languages[3].Parse}
	typescriptFront = front{"ts", languages[4].Parse}
	tsxFront        = front{"ts", func(source string) *tree.Tree { return javascript.Parse(source, javascript.TSX) }}
	jsonFront       = front{"json", json.Parse}
	yamlFront       = front{"yaml", yaml.Parse}
	dockerFront     = front{"dockerfile", dockerfile.Parse}
	terraformFront  = front{"terraform", hcl.Parse}
)

// treeLanguages are the languages of trees by the names that rules use.
var treeLanguages = map[rule.Language]tree.Language{
	"python": tree.Python, "java": tree.Java, "go": tree.Go, "js": tree.JavaScript, "ts": tree.TypeScript,
	"json": tree.JSON, "yaml": tree.YAML, "dockerfile": tree.Dockerfile, "terraform": tree.Terraform,
}

// byExtension holds the front ends by the extension of the name, in lower case.
var byExtension = map[string]front{
	".py": pythonFront, ".pyi": pythonFront, ".pyw": pythonFront, ".wsgi": pythonFront,
	".java": javaFront, ".go": goFront,
	".js": javascriptFront, ".jsx": javascriptFront, ".mjs": javascriptFront, ".cjs": javascriptFront,
	".ts": typescriptFront, ".mts": typescriptFront, ".cts": typescriptFront, ".tsx": tsxFront,
	".json": jsonFront, ".jsonc": jsonFront, ".json5": jsonFront, ".yaml": yamlFront, ".yml": yamlFront,
	".dockerfile": dockerFront, ".containerfile": dockerFront,
	".tf": terraformFront, ".tfvars": terraformFront, ".hcl": terraformFront,
}

// configuration are the languages of files that say how something is run, and are no program. What cannot be read of them is told, but does not make
// a scan incomplete: many are templates of such files.
var configuration = map[rule.Language]bool{"json": true, "yaml": true, "dockerfile": true, "terraform": true}

// byName holds the front ends of files that have a fixed name.
var byName = map[string]front{"SConstruct": pythonFront, "SConscript": pythonFront, "wscript": pythonFront, "Jakefile": javascriptFront}

// byProgram holds the front ends by the program that a `#!` line names, without its version.
var byProgram = map[string]front{
	"python": pythonFront, "pypy": pythonFront, "node": javascriptFront, "nodejs": javascriptFront, "bun": typescriptFront,
	"deno": typescriptFront, "ts-node": typescriptFront, "tsx": tsxFront,
}

// frontOf finds the front end of a file by its name, and without an extension by its `#!` line. Without one, ok is false.
func frontOf(name string, data []byte) (f front, ok bool) {
	base := path.Base(name)
	if f, ok = byName[base]; ok {
		return f, true
	}
	lower := strings.ToLower(base)
	extension := path.Ext(lower)
	if extension != "" && extension != lower {
		if f, ok = byExtension[extension]; ok {
			return f, true
		}
	}
	// Dockerfile.web says what the image is for; dockerfile.go is a program.
	if stem, _, _ := strings.Cut(lower, "."); (stem == "dockerfile" || stem == "containerfile") && others[extension] == "" {
		return dockerFront, true
	}
	if extension != "" && extension != lower {
		return front{}, false
	}
	if !bytes.HasPrefix(data, []byte("#!")) {
		return front{}, false
	}
	line, _, _ := bytes.Cut(data[:min(len(data), 200)], []byte("\n"))
	for _, word := range strings.Fields(string(line[2:])) {
		program := strings.TrimRight(path.Base(word), "0123456789.")
		if program == "env" || strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		f, ok = byProgram[program]
		return f, ok
	}
	return front{}, false
}

// kindOf is the language of a file by its name, with a front end or without, under the name that rules use. It is "" for a
// file of no known language, and for a script without an extension.
func kindOf(name string) rule.Language {
	if f, ok := frontOf(name, nil); ok {
		return f.language
	}
	return others[strings.ToLower(path.Ext(name))]
}

// others are the languages without a front end, by the extension of the name, in lower case. Where rules have no name for
// a language, it is that of [programs].
var others = map[string]rule.Language{
	".php": "php", ".phtml": "php", ".rb": "ruby", ".erb": "ruby", ".rake": "ruby", ".gemspec": "ruby", ".cs": "csharp", ".kt": "kotlin", ".kts": "kotlin",
	".scala": "scala", ".sbt": "scala", ".rs": "rust", ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp", ".hh": "cpp",
	".swift": "swift", ".dart": "dart", ".ex": "elixir", ".exs": "elixir", ".lua": "lua", ".pl": "perl", ".pm": "perl", ".vue": "vue", ".svelte": "svelte",
	".sol": "solidity", ".clj": "clojure", ".cljs": "clojure", ".groovy": "groovy", ".vb": "vb", ".fs": "fsharp", ".jsp": "jsp", ".cls": "apex",
	".jl": "julia", ".ml": "ocaml", ".mli": "ocaml", ".r": "r", ".cairo": "cairo", ".circom": "circom", ".hack": "hack", ".lisp": "lisp", ".scm": "scheme",
	".html": "html", ".htm": "html", ".xml": "xml", ".jsonnet": "jsonnet", ".libsonnet": "jsonnet",
	".sh": "bash", ".bash": "bash", ".proto": "protobuf", ".ql": "ql",
}

// programs are the names of those languages for people, if their files are program code, which somebody would expect to be
// looked at.
var programs = map[rule.Language]string{
	"php": "PHP", "ruby": "Ruby", "csharp": "C#", "kotlin": "Kotlin", "scala": "Scala", "rust": "Rust", "c": "C", "cpp": "C++", "swift": "Swift",
	"dart": "Dart", "elixir": "Elixir", "lua": "Lua", "perl": "Perl", "vue": "Vue", "svelte": "Svelte", "solidity": "Solidity", "clojure": "Clojure",
	"groovy": "Groovy", "vb": "Visual Basic", "fsharp": "F#", "jsp": "JSP", "apex": "Apex", "julia": "Julia", "ocaml": "OCaml",
}
