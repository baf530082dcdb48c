package page

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// Kind is what the path of a file tells about its text.
type Kind struct {
	Path, Base string
	syntax     notation.Syntax
	Notation   notation.Notation
	// Markup is true for HTML, where names and labels look like assignments.
	Markup bool
	// Document is true for documents that show configurations and commands: Markdown and its like.
	Document bool
	// texts are the texts over several lines, which nobody has looked for yet.
	texts notation.LongTexts
	// Tags is true for markup that is made of tags.
	tags bool
	// Lock is true for lock files, which are full of hashes.
	Lock bool
	// Test is true for tests, fixtures and examples, where made-up passwords live.
	Test bool
	// Generated is true for names that programs give to what they write; see [Page.Generated].
	Generated bool
	// Manual is true for manual pages, which are written in roff.
	Manual bool
	// Passwords is true for files in which programs keep passwords.
	Passwords bool
}

var (
	codeExtensions   = wordlist.Set("code-extensions")
	configExtensions = wordlist.Set("config-extensions")
	markupExtensions = wordlist.Set("markup-extensions")
	// documentExtensions are those of documents about programs.
	documentExtensions = wordlist.Set("document-extensions")
	tagExtensions      = wordlist.Set("tag-extensions")
	lockNames          = wordlist.Set("lock-files")
	passwordFiles      = wordlist.Set("password-files")
	testFolders        = wordlist.Set("test-folders")
)

// maxMarker is how many bytes at the beginning of a file may say that it is generated.
const maxMarker = 1024

// Classify returns what a path tells.
func Classify(path string) Kind {
	kind := Kind{Path: path, Base: path[strings.LastIndexByte(path, '/')+1:]}
	var lower [64]byte
	base := ascii.FoldInto(&lower, kind.Base)
	extension := base[bytes.LastIndexByte(base, '.')+1:]
	switch {
	case markupExtensions.Has(extension):
		kind.Markup, kind.tags, kind.Document = true, tagExtensions.Has(extension), documentExtensions.Has(extension)
	case codeExtensions.Has(extension):
		kind.syntax = notation.SyntaxCode
	case configExtensions.Has(extension), bytes.HasPrefix(base, []byte(".env")), bytes.HasPrefix(base, []byte("dockerfile")),
		bytes.HasSuffix(base, []byte("rc")) && len(base) > 0 && base[0] == '.':
		kind.syntax = notation.SyntaxConfig
	}
	kind.Manual = len(extension) < len(base) && len(extension) > 0 && '1' <= extension[0] && extension[0] <= '9' && ascii.OnlyOf(extension[1:], ascii.ClassLower|ascii.ClassDigit, "")
	kind.Notation = notation.Of(base, kind.syntax)
	test, translated := folders(path)
	if translated || bytes.HasPrefix(base, []byte("messages")) && bytes.HasSuffix(base, []byte(".properties")) {
		kind.Markup, kind.Document = true, false
	}
	kind.texts = notation.LongTextsOf(extension)
	kind.Lock = lockNames.Has(base)
	kind.Test = test || testName(base)
	kind.Passwords = passwordFiles.Has(base)
	kind.Generated = bytes.Contains(base, []byte(".min.")) || string(extension) == "map" || string(extension) == "snap"
	return kind
}

// GeneratedMarker reports whether a file says at its beginning that a program wrote it.
func GeneratedMarker(data []byte) bool {
	head := data[:min(len(data), maxMarker)]
	return bytes.Contains(head, []byte("Code generated")) || bytes.Contains(head, []byte("@generated")) ||
		bytes.Contains(head, []byte("DO NOT EDIT"))
}

// translationFolders hold the texts of user interfaces.
var translationFolders = wordlist.Set("translation-folders")

// folders reports what the folders of a path say: test is true when one says test, fixture or example, and translated when one
// says that a file holds labels in some language. Many of those are about passwords, and none is a secret.
func folders(path string) (test, translated bool) {
	for rest := path[:len(path)-len(path[strings.LastIndexByte(path, '/')+1:])]; rest != ""; {
		var folder string
		folder, rest, _ = strings.Cut(rest, "/")
		var lower [64]byte
		name := ascii.FoldInto(&lower, folder)
		translated = translated || translationFolders.Has(name)
		test = test || testFolders.Has(trimSigns(name)) || bytes.HasPrefix(name, []byte("test-")) || bytes.HasPrefix(name, []byte("test_")) ||
			bytes.HasSuffix(name, []byte("-test")) || bytes.HasSuffix(name, []byte("-tests")) || bytes.HasSuffix(name, []byte("_test")) ||
			bytes.HasSuffix(name, []byte("_tests"))
	}
	return test, translated
}

// testName reports whether the name of a file says test, fixture or example.
func testName(base []byte) bool {
	if !bytes.Contains(base, []byte("test")) && !bytes.Contains(base, []byte("ample")) && !bytes.Contains(base, []byte("spec")) {
		return false
	}
	for _, mark := range [...]string{"_test.", ".test.", ".spec.", "_spec.", "test_", ".example.", ".examples.", ".sample."} {
		at := bytes.Index(base, []byte(mark))
		if at > 0 || at == 0 && mark == "test_" {
			return true
		}
	}
	return bytes.HasSuffix(base, []byte("test.java")) || bytes.HasSuffix(base, []byte("tests.cs")) || bytes.HasSuffix(base, []byte("test.kt"))
}

// trimSigns removes underscores, dots and dashes from both ends of a name.
func trimSigns(name []byte) []byte {
	sign := func(b byte) bool { return b == '_' || b == '.' || b == '-' }
	for len(name) > 0 && sign(name[0]) {
		name = name[1:]
	}
	for len(name) > 0 && sign(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	return name
}

// Allows reports whether a rule looks at this file. names are the file names that it is restricted to; empty means
// every file.
func (k *Kind) Allows(names []string) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, k.Base) })
}
