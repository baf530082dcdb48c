package manifest

import (
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// pythonFormats are the files of Python's package managers.
var pythonFormats = []format{
	{name: "poetry.lock", match: named("poetry.lock"), ecosystem: scan.EcosystemPyPI, lock: true, whole: tomlHas("package", "metadata"), read: readPoetryLock},
	{name: "pdm.lock", match: named("pdm.lock"), ecosystem: scan.EcosystemPyPI, lock: true, whole: tomlHas("package", "metadata"), read: readPDMLock},
	{name: "uv.lock", match: named("uv.lock"), ecosystem: scan.EcosystemPyPI, lock: true, whole: tomlHas("version", "package"), read: readUVLock},
	{name: "pylock.toml", match: isPylock, ecosystem: scan.EcosystemPyPI, lock: true, whole: tomlHas("lock-version", "packages"), read: readPylock},
	{name: "pyproject.toml", match: named("pyproject.toml"), ecosystem: scan.EcosystemPyPI, read: readPyproject},
	{name: "requirements.txt", match: isRequirements, ecosystem: scan.EcosystemPyPI, read: readRequirements},
}

// includedFormats are those of files whose name says nothing. They stand behind all others.
var includedFormats = []format{
	{name: "included requirements", match: isText, ecosystem: scan.EcosystemPyPI, included: true, read: readRequirements},
}

// pythonRequirement is a dependency as Python writes it: "name[extra] >=1, <2; marker" or "name @ address"
// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/).
type pythonRequirement struct {
	name string
	// nameEnd is the offset behind the name; the name begins at 0.
	nameEnd    int
	constraint string
	address    string
}

// readPythonRequirement reads one; ok is false for a text that is none. It takes white space where the rule does.
func readPythonRequirement(text string) (r pythonRequirement, ok bool) {
	text = strings.TrimRight(text, " \t\r\n")
	for r.nameEnd < len(text) && isPythonNameByte(text[r.nameEnd]) {
		r.nameEnd++
	}
	// A name begins and ends with a letter or digit.
	r.name = text[:r.nameEnd]
	if r.name == "" || strings.Trim(r.name[:1]+r.name[r.nameEnd-1:], "-_.") != r.name[:1]+r.name[r.nameEnd-1:] {
		return r, false
	}
	rest := strings.TrimLeft(text[r.nameEnd:], " \t")
	if strings.HasPrefix(rest, "[") {
		extras, behind, closed := strings.Cut(rest[1:], "]")
		if !closed || strings.ContainsAny(extras, "[;@=<>\"'") {
			return r, false
		}
		rest = strings.TrimLeft(behind, " \t")
	}
	if address, isAddress := strings.CutPrefix(rest, "@"); isAddress {
		// A marker behind an address stands after a space: the address itself may hold a semicolon.
		address, _, _ = strings.Cut(strings.TrimSpace(address), " ;")
		r.address = strings.TrimSpace(address)
		return r, r.address != "" && !strings.ContainsAny(r.address, " \t")
	}
	r.constraint, _, _ = strings.Cut(rest, ";")
	r.constraint = strings.TrimSpace(r.constraint)
	if inner, isInner := strings.CutPrefix(r.constraint, "("); isInner {
		r.constraint = strings.TrimSpace(strings.TrimSuffix(inner, ")"))
	}
	for part := range strings.SplitSeq(r.constraint, ",") {
		if part = strings.TrimSpace(part); part != "" && !isPythonSpecifier(part) {
			return r, false
		}
	}
	return r, true
}

func isPythonNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}

// pythonOperators are those of version specifiers, longer ones in front
// (https://packaging.python.org/en/latest/specifications/version-specifiers/#id5).
var pythonOperators = []string{"===", "==", "~=", "!=", "<=", ">=", "<", ">"}

func isPythonSpecifier(part string) bool {
	for _, operator := range pythonOperators {
		if version, ok := strings.CutPrefix(part, operator); ok {
			version = strings.TrimSpace(version)
			return version != "" && !strings.ContainsAny(version, " \t")
		}
	}
	return false
}

// exactPython gives the version when a constraint allows only one: "==1.2" or "===1.2", without a wildcard.
func exactPython(constraint string) string {
	version, ok := strings.CutPrefix(constraint, "==")
	if !ok {
		return ""
	}
	version = strings.TrimSpace(strings.TrimPrefix(version, "="))
	if version == "" || strings.ContainsAny(version, "*,<>=!~ \t$%{}") {
		return ""
	}
	return strings.TrimPrefix(version, "v")
}

// pythonOrigin tells where an address leads.
func pythonOrigin(address string) scan.Origin {
	switch {
	case address == "":
		return scan.OriginRegistry
	case strings.HasPrefix(address, "git+"), strings.HasPrefix(address, "hg+"), strings.HasPrefix(address, "svn+"), strings.HasPrefix(address, "bzr+"):
		return scan.OriginGit
	case strings.HasPrefix(address, "file:"), !strings.Contains(address, "://"):
		return scan.OriginLocal
	}
	return scan.OriginAddress
}

// pythonHash turns "sha256:0123" or "sha256=0123" into the form of scan.Package; what is none gives "".
func pythonHash(text string) string {
	i := strings.IndexAny(text, ":=")
	if i <= 0 || !isHex(text[i+1:]) {
		return ""
	}
	return text[:i] + ":" + strings.ToLower(text[i+1:])
}
