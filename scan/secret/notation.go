package secret

import (
	"bytes"
	"slices"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// notation is a way in which files write values. It decides where a value without quotes ends.
type notation uint8

const (
	// notationText: prose, logs, and files of no known format.
	notationText notation = iota
	notationCode
	notationProperties
	notationEnv
	notationYAML
	notationINI
	notationOptions
	notationPowerShell
	notationTOML
	notationHCL
	notationJSON
	notationXML
	notationTable
	notationShell
	notationBatch
	notationSQL
)

// ending says where a value without quotes ends in a notation.
type ending struct {
	name string
	// whole is true where the value of a name that stands first on its line goes to the end of the line: no sign but those
	// below ends it, and blanks belong to it.
	whole bool
	// separators are the signs that stand between such a name and its value. A blank must follow those in spaced.
	separators, spaced string
	// comments are the signs that begin a comment behind a blank.
	comments string
	// quotes are the signs that may stand around a value. When it is empty, a quote belongs to the value.
	quotes string
	// source is where the format is defined.
	source string
}

// endings are the rules of all notations; every matcher that reads a value asks them. A notation whose values always stand in
// quotes has no rule but that. Password files and URLs have readers of their own: see [text.pgpass] and [matchURL].
var endings = [...]ending{
	notationText: {name: "text"},
	notationCode: {name: "code"},
	notationProperties: {
		name: "properties", whole: true, separators: "=:",
		source: "https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)",
	},
	// Docker takes the line as it is, systemd knows quotes, dotenv knows quotes and comments. Which of them reads the file is
	// not known, so that quotes count where they stand around the whole value.
	notationEnv: {
		name: "env", whole: true, separators: "=", comments: "#", quotes: "\"'`",
		source: "https://docs.docker.com/reference/cli/docker/container/run/#env, " +
			"https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=, " +
			"https://github.com/motdotla/dotenv#what-rules-does-the-parsing-engine-follow",
	},
	notationYAML: {
		name: "yaml", whole: true, separators: ":=", spaced: ":", comments: "#", quotes: "\"'",
		source: "https://yaml.org/spec/1.2.2/#733-plain-style",
	},
	notationINI: {
		name: "ini", whole: true, separators: "=:", comments: ";#", quotes: "\"'",
		source: "https://docs.python.org/3/library/configparser.html#supported-ini-file-structure",
	},
	notationOptions: {
		name: "mysql options", whole: true, separators: "=", comments: "#", quotes: "\"'",
		source: "https://dev.mysql.com/doc/refman/8.4/en/option-files.html",
	},
	notationPowerShell: {
		name: "powershell", source: "https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules",
	},
	notationTOML: {name: "toml", source: "https://toml.io/en/v1.0.0#string"},
	notationHCL:  {name: "hcl", source: "https://developer.hashicorp.com/terraform/language/expressions/strings"},
	notationJSON: {name: "json", source: "https://www.rfc-editor.org/rfc/rfc8259#section-7"},
	notationXML:  {name: "xml", source: "https://www.w3.org/TR/xml/#syntax"},
	notationTable: {
		name: "csv", source: "https://www.rfc-editor.org/rfc/rfc4180#section-2",
	},
	notationShell: {
		name: "shell", source: "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02",
	},
	notationSQL: {name: "sql", source: "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS"},
	notationBatch: {
		name: "batch", whole: true, separators: "=",
		source: "https://learn.microsoft.com/windows-server/administration/windows-commands/set_1",
	},
}

// notationNames maps extensions and whole names of files, in lower case, to their notation.
var notationNames = func() map[string]notation {
	names := make(map[string]notation)
	for n, list := range map[notation]string{
		notationProperties: "properties",
		notationEnv:        "env environment envrc env.list .env",
		notationYAML:       "yml yaml sls eyaml",
		notationINI: "ini cfg conf cnf config service socket timer desktop credentials npmrc .npmrc pypirc .pypirc .gitconfig .s3cfg .boto " +
			".hgrc .wgetrc .curlrc inf reg rdp ovpn netrc msmtprc .msmtprc smbcredentials .smbcredentials",
		notationOptions:    "my.cnf .my.cnf .mylogin.cnf my.ini",
		notationTOML:       "toml",
		notationHCL:        "tf tfvars hcl nomad nix",
		notationPowerShell: "ps1 psm1 psd1",
		notationJSON:       "json json5 jsonc webmanifest ipynb har",
		notationXML:        "xml plist csproj vbproj fsproj props targets xsd xsl xslt wsdl resx nuspec pom jmx xaml svg",
		notationTable:      "csv tsv",
		notationShell:      "sh bash zsh fish ksh csh dockerfile containerfile .bashrc .zshrc .profile .bash_profile .zprofile bash_history zsh_history .bash_history .zsh_history",
		notationBatch:      "bat cmd",
		notationSQL:        "sql psql ddl plsql",
	} {
		for name := range ascii.WordSet(list) {
			names[name] = n
		}
	}
	return names
}()

// notationOf gives the notation of a file by its name in lower case, what kind of syntax that is, and how its text begins.
func notationOf(base []byte, syntax fileSyntax) notation {
	if n, ok := notationNames[string(base)]; ok {
		return n
	}
	extension := base[bytes.LastIndexByte(base, '.')+1:]
	switch {
	case bytes.HasPrefix(base, []byte(".env")), bytes.HasPrefix(base, []byte("env.")):
		return notationEnv
	case bytes.HasPrefix(base, []byte("dockerfile")), bytes.HasPrefix(base, []byte("containerfile")):
		return notationShell
	}
	if n, ok := notationNames[string(extension)]; ok {
		return n
	}
	switch syntax {
	case syntaxCode:
		return notationCode
	case syntaxConfig:
		return notationINI
	}
	return notationText
}

// markupStart reports whether a text begins with a tag, as XML does under whatever name.
func markupStart(data []byte) bool {
	head := bytes.TrimLeft(data[:min(len(data), 64)], "\ufeff \t\r\n")
	return len(head) > 1 && head[0] == '<' && (head[1] == '?' || head[1] == '!' || ascii.Is(head[1], ascii.ClassLower|ascii.ClassUpper))
}

// leads are words that may stand before a name that is otherwise first on its line.
var leads = [...]string{"export ", "set ", "setx ", "declare ", "local ", "readonly ", "typeset ", "env ", "arg ", "- ", "# ", "; ", "// ", "-- ", "rem ", "$env:", "setenv ", "@"}

// firstOnLine reports whether the name at an offset is the first of its line: nothing stands before it but white space,
// comment signs, a list's dash, a word such as "export", and the beginning of a longer name (users[0].password).
func firstOnLine(data []byte, first int) bool {
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

// lineSeparator finds the one sign between a name that ends at last and the value behind it on the same line, and gives the
// offset behind it; ok is false without one.
func (e *ending) lineSeparator(data []byte, last int) (at int, ok bool) {
	i := last
	if i < len(data) && ascii.IsQuote(data[i]) {
		i++
	}
	for i < len(data) && data[i] == ']' {
		i++
	}
	i = ascii.SkipSpace(data, i)
	if i >= len(data) || bytes.IndexByte([]byte(e.separators), data[i]) < 0 {
		return 0, false
	}
	if bytes.IndexByte([]byte(e.spaced), data[i]) >= 0 && i+1 < len(data) && !ascii.Is(data[i+1], ascii.ClassSpace) {
		return 0, false
	}
	return i + 1, true
}
