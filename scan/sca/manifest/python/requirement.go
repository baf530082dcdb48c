package python

import (
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/manifest/document"
	"github.com/sluice-scan/sluice/scan/sca/manifest/syntax"
)

// Formats are the files of Python's package managers.
var Formats = []document.Format{
	{Name: "poetry.lock", Match: document.Named("poetry.lock"), Ecosystem: scan.EcosystemPyPI, Lock: true, Whole: syntax.TOMLHas("package", "metadata"), Read: readPoetryLock},
	{Name: "pdm.lock", Match: document.Named("pdm.lock"), Ecosystem: scan.EcosystemPyPI, Lock: true, Whole: syntax.TOMLHas("package", "metadata"), Read: readPDMLock},
	{Name: "uv.lock", Match: document.Named("uv.lock"), Ecosystem: scan.EcosystemPyPI, Lock: true, Whole: syntax.TOMLHas("version", "package"), Read: readUVLock},
	{Name: "pylock.toml", Match: isPylock, Ecosystem: scan.EcosystemPyPI, Lock: true, Whole: syntax.TOMLHas("lock-version", "packages"), Read: readPylock},
	{Name: "pyproject.toml", Match: document.Named("pyproject.toml"), Ecosystem: scan.EcosystemPyPI, Read: readPyproject},
	{Name: "requirements.txt", Match: isRequirements, Ecosystem: scan.EcosystemPyPI, Read: readRequirements},
}

// IncludedFormats are the formats of files whose names do not identify them. They come after all others.
var IncludedFormats = []document.Format{
	{Name: "included requirements", Match: isText, Ecosystem: scan.EcosystemPyPI, Included: true, Read: readRequirements},
}

// pythonRequirement is a Python dependency: "name[extra] >=1, <2; marker" or "name @ address"
// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/).
type pythonRequirement struct {
	name string
	// nameEnd is the offset after the name; the name begins at 0.
	nameEnd    int
	constraint string
	address    string
}

// readPythonRequirement parses one; ok is false for other texts. It accepts white space where the specification does.
func readPythonRequirement(text string) (r pythonRequirement, ok bool) {
	text = strings.TrimRight(text, " \t\r\n")
	for r.nameEnd < len(text) && document.IsNameByte(text[r.nameEnd]) {
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
		// A marker after an address follows a space, because the address itself may contain a semicolon.
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

// pythonOperators are the operators of version specifiers, longer ones first
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

// exactPython returns the version if a constraint allows only one: one of its parts is "==1.2" or "===1.2", without a
// wildcard, whatever the other parts exclude. Two different ones allow none.
func exactPython(constraint string) string {
	exact := ""
	for part := range strings.SplitSeq(constraint, ",") {
		version, ok := strings.CutPrefix(strings.TrimSpace(part), "==")
		if !ok {
			continue
		}
		version = strings.TrimSpace(strings.TrimPrefix(version, "="))
		if version == "" || strings.ContainsAny(version, "*,<>=!~ \t$%{}") {
			continue
		}
		if version = strings.TrimPrefix(version, "v"); exact != "" && exact != version {
			return ""
		}
		exact = version
	}
	return exact
}

// pythonArchive parses the file name of a wheel or of a source archive, "name-1.0-py3-none-any.whl" or "name-1.0.tar.gz"
// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention,
// .../source-distribution-format/#source-distribution-file-name); ok is false for other names.
func pythonArchive(address string) (name, version string, ok bool) {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	base := address[strings.LastIndexByte(address, '/')+1:]
	if plain, err := url.PathUnescape(base); err == nil {
		base = plain
	}
	if wheel, is := strings.CutSuffix(base, ".whl"); is {
		parts := strings.Split(wheel, "-")
		if len(parts) < 5 {
			return "", "", false
		}
		return parts[0], parts[1], isPythonVersion(parts[1])
	}
	for _, suffix := range []string{".tar.gz", ".zip", ".tar.bz2", ".tgz"} {
		if file, is := strings.CutSuffix(base, suffix); is {
			name, version, _ = document.CutLast(file, "-")
			return name, version, name != "" && isPythonVersion(version)
		}
	}
	return "", "", false
}

func isPythonVersion(text string) bool {
	return text != "" && '0' <= text[0] && text[0] <= '9' && strings.Trim(text, "0123456789abcdefghijklmnopqrstuvwxyz.+!_-") == ""
}

// pythonAddress returns the version and the origin of a package from its address. An archive with the registry's name
// for it counts as from the registry, wherever it is.
func pythonAddress(name, address string) (version string, origin scan.Origin) {
	origin = pythonOrigin(address)
	if file, is, ok := pythonArchive(address); ok && origin != scan.OriginGit && scan.EcosystemPyPI.Normal(file) == scan.EcosystemPyPI.Normal(name) {
		return is, scan.OriginRegistry
	}
	return "", origin
}

// pythonOrigin returns the origin of an address.
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
