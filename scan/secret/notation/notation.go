package notation

import (
	"bytes"
	"slices"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Syntax says what a value without quotes is in a file.
type Syntax int

const (
	// SyntaxUnknown: prose, output, or an unknown format.
	SyntaxUnknown Syntax = iota
	// SyntaxCode: a value without quotes is an expression, not a text.
	SyntaxCode
	// SyntaxConfig: a value without quotes is a text.
	SyntaxConfig
)

// Notation is the way in which a format writes values. It decides where a value without quotes ends.
type Notation uint8

const (
	// Prose stands for prose, logs, and files of no known format.
	Prose Notation = iota
	Code
	Properties
	Env
	YAML
	INI
	Options
	PowerShell
	TOML
	HCL
	JSON
	XML
	Table
	Shell
	Batch
	SQL
)

// Ending says where a value without quotes ends in a notation.
type Ending struct {
	Name string
	// Whole is true when the value of the first name on a line goes to the end of the line: only the signs below end it, and
	// blanks belong to it.
	Whole bool
	// separators are the signs between such a name and its value. A blank must follow those in spaced.
	separators, spaced string
	// comments are the signs that begin a comment behind a blank.
	comments string
	// quotes are the signs that may enclose a value. When it is empty, a quote belongs to the value.
	quotes string
	// Source is where the format is defined.
	Source string
}

// Endings holds the rule of every notation. Every matcher that reads a value uses it. A notation whose values are
// always quoted has an empty rule.
var Endings = [...]Ending{
	Prose: {Name: "text"},
	Code:  {Name: "code"},
	Properties: {
		Name: "properties", Whole: true, separators: "=:",
		Source: "https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)",
	},
	// Docker takes the line as it is, systemd removes quotes, dotenv removes quotes and comments. Nobody knows which of them
	// reads the file, so quotes count when they enclose the whole value.
	Env: {
		Name: "env", Whole: true, separators: "=", comments: "#", quotes: "\"'`",
		Source: "https://docs.docker.com/reference/cli/docker/container/run/#env, " +
			"https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=, " +
			"https://github.com/motdotla/dotenv#what-rules-does-the-parsing-engine-follow",
	},
	YAML: {
		Name: "yaml", Whole: true, separators: ":=", spaced: ":", comments: "#", quotes: "\"'",
		Source: "https://yaml.org/spec/1.2.2/#733-plain-style",
	},
	INI: {
		Name: "ini", Whole: true, separators: "=:", comments: ";#", quotes: "\"'",
		Source: "https://docs.python.org/3/library/configparser.html#supported-ini-file-structure",
	},
	Options: {
		Name: "mysql options", Whole: true, separators: "=", comments: "#", quotes: "\"'",
		Source: "https://dev.mysql.com/doc/refman/8.4/en/option-files.html",
	},
	PowerShell: {
		Name: "powershell", Source: "https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules",
	},
	TOML: {Name: "toml", Source: "https://toml.io/en/v1.0.0#string"},
	HCL:  {Name: "hcl", Source: "https://developer.hashicorp.com/terraform/language/expressions/strings"},
	JSON: {Name: "json", Source: "https://www.rfc-editor.org/rfc/rfc8259#section-7"},
	XML:  {Name: "xml", Source: "https://www.w3.org/TR/xml/#syntax"},
	Table: {
		Name: "csv", Source: "https://www.rfc-editor.org/rfc/rfc4180#section-2",
	},
	Shell: {
		Name: "shell", Source: "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02",
	},
	SQL: {Name: "sql", Source: "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS"},
	Batch: {
		Name: "batch", Whole: true, separators: "=",
		Source: "https://learn.microsoft.com/windows-server/administration/windows-commands/set_1",
	},
}

// notationNames maps extensions and whole file names, in lower case, to their notation.
var notationNames = func() map[string]Notation {
	names := make(map[string]Notation)
	for n, list := range map[Notation]string{
		Properties: "properties",
		Env:        "env environment envrc env.list .env",
		YAML:       "yml yaml sls eyaml",
		INI: "ini cfg conf cnf config service socket timer desktop credentials npmrc .npmrc pypirc .pypirc .gitconfig .s3cfg .boto " +
			".hgrc .wgetrc .curlrc inf reg rdp ovpn netrc msmtprc .msmtprc smbcredentials .smbcredentials",
		Options:    "my.cnf .my.cnf .mylogin.cnf my.ini",
		TOML:       "toml",
		HCL:        "tf tfvars hcl nomad nix",
		PowerShell: "ps1 psm1 psd1",
		JSON:       "json json5 jsonc webmanifest ipynb har",
		XML:        "xml plist csproj vbproj fsproj props targets xsd xsl xslt wsdl resx nuspec pom jmx xaml svg",
		Table:      "csv tsv",
		Shell:      "sh bash zsh fish ksh csh dockerfile containerfile .bashrc .zshrc .profile .bash_profile .zprofile bash_history zsh_history .bash_history .zsh_history",
		Batch:      "bat cmd",
		SQL:        "sql psql ddl plsql",
	} {
		for name := range ascii.WordSet(list) {
			names[name] = n
		}
	}
	return names
}()

// Of returns the notation of a file by its name in lower case and its kind of syntax.
func Of(base []byte, syntax Syntax) Notation {
	if n, ok := notationNames[string(base)]; ok {
		return n
	}
	extension := base[bytes.LastIndexByte(base, '.')+1:]
	switch {
	case bytes.HasPrefix(base, []byte(".env")), bytes.HasPrefix(base, []byte("env.")):
		return Env
	case bytes.HasPrefix(base, []byte("dockerfile")), bytes.HasPrefix(base, []byte("containerfile")):
		return Shell
	}
	if n, ok := notationNames[string(extension)]; ok {
		return n
	}
	switch syntax {
	case SyntaxCode:
		return Code
	case SyntaxConfig:
		return INI
	}
	return Prose
}

// MarkupStart reports whether a text begins with a tag, as XML does under any file name.
func MarkupStart(data []byte) bool {
	head := bytes.TrimLeft(data[:min(len(data), 64)], "\ufeff \t\r\n")
	return len(head) > 1 && head[0] == '<' && (head[1] == '?' || head[1] == '!' || ascii.Is(head[1], ascii.ClassLower|ascii.ClassUpper))
}

// leads are words that may stand before the first name on a line.
var leads = [...]string{"export ", "set ", "setx ", "declare ", "local ", "readonly ", "typeset ", "env ", "arg ", "- ", "# ", "; ", "// ", "-- ", "rem ", "$env:", "setenv ", "@"}

// FirstOnLine reports whether the name at an offset is the first on its line: only white space, comment signs, the dash
// of a list, a word such as "export", or the beginning of a longer name (users[0].password) stands before it.
func FirstOnLine(data []byte, first int) bool {
	begin := ascii.LineStart(data, first, 200)
	if begin > 0 && data[begin-1] != '\n' {
		return false
	}
	before := bytes.TrimLeft(data[begin:first], " \t")
	for again := true; again; {
		again = false
		before = bytes.TrimLeft(before, "#;!")
		before = bytes.TrimLeft(before, " \t")
		for _, lead := range leads {
			if len(before) >= len(lead) && ascii.EqualFold(before[:len(lead)], []byte(lead)) {
				before = bytes.TrimLeft(before[len(lead):], " \t")
				again = true
			}
		}
	}
	if n := len(before); n == 1 && ascii.IsQuote(before[0]) {
		return true
	}
	return !slices.ContainsFunc(before, func(b byte) bool {
		return !ascii.Is(b, ascii.ClassAlnum) && bytes.IndexByte([]byte("_-./[]%"), b) < 0
	})
}

// LineSeparator finds the one sign between a name that ends at last and the value behind it on the same line. It
// returns the offset behind the sign; ok is false when there is none.
func (e *Ending) LineSeparator(data []byte, last int) (at int, ok bool) {
	i := last
	if i < len(data) && ascii.IsQuote(data[i]) {
		i++
	}
	for i < len(data) && data[i] == ']' {
		i++
	}
	i = skipNoBreak(data, ascii.SkipSpace(data, i))
	if i >= len(data) || bytes.IndexByte([]byte(e.separators), data[i]) < 0 {
		return 0, false
	}
	if bytes.IndexByte([]byte(e.spaced), data[i]) >= 0 && i+1 < len(data) && !ascii.Is(data[i+1], ascii.ClassSpace) {
		return 0, false
	}
	return i + 1, true
}
