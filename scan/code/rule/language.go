package rule

import "strings"

// Language is the name of a language, in the form of this package's table: "python", "js", "csharp".
type Language string

// The two names that are no language: every file is read as words (generic), or by expressions alone (regex).
const (
	LanguageGeneric Language = "generic"
	LanguageRegex   Language = "regex"
)

// languages holds the names that rules may use, each with the language that it means. Source: the list of languages in
// https://semgrep.dev/docs/supported-languages and the names that
// https://github.com/semgrep/semgrep-interfaces/blob/main/lang.json gives to each.
var languages = map[string]Language{
	"apex": "apex", "bash": "bash", "sh": "bash", "c": "c", "cairo": "cairo", "circom": "circom", "clojure": "clojure",
	"cpp": "cpp", "c++": "cpp", "csharp": "csharp", "c#": "csharp", "dart": "dart", "dockerfile": "dockerfile",
	"docker": "dockerfile", "elixir": "elixir", "ex": "elixir", "go": "go", "golang": "go", "hack": "hack", "html": "html",
	"java": "java", "javascript": "js", "js": "js", "json": "json", "jsonnet": "jsonnet", "julia": "julia",
	"kotlin": "kotlin", "kt": "kotlin", "lisp": "lisp", "lua": "lua", "move_on_aptos": "move_on_aptos",
	"move_on_sui": "move_on_sui", "ocaml": "ocaml", "php": "php", "promql": "promql", "proto": "protobuf",
	"proto3": "protobuf", "protobuf": "protobuf", "py": "python", "python": "python", "python2": "python2",
	"python3": "python3", "ql": "ql", "r": "r", "ruby": "ruby", "rb": "ruby", "rust": "rust", "scala": "scala",
	"scheme": "scheme", "sol": "solidity", "solidity": "solidity", "swift": "swift", "terraform": "terraform",
	"tf": "terraform", "hcl": "terraform", "ts": "ts", "typescript": "ts", "vb": "vb", "vbnet": "vb", "visualbasic": "vb", "vue": "vue",
	"xml": "xml", "yaml": "yaml", "generic": LanguageGeneric, "spacegrep": LanguageGeneric, "regex": LanguageRegex,
	"none": LanguageRegex,
}

// LanguageOf gives the language that a name or one of its other names means; false when no rule may use the name. Case does not matter.
func LanguageOf(name string) (Language, bool) {
	language, ok := languages[strings.ToLower(name)]
	return language, ok
}
