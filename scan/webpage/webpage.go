// Package webpage gives self-contained pages their style, their script and a policy that allows only these two. Such a
// page sends no requests. Text of a file that is not escaped by mistake would not run. [Tokens] are the colours, type and
// space of all our pages, the self-contained ones and those of the server.
package webpage

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"io/fs"
)

// Page has the common parts of all pages of a kind.
type Page struct {
	// Style and Script are HTML elements for the template. Script is empty for a page without a script.
	Style, Script template.HTML
	// Policy is the Content-Security-Policy for a meta element in the page's head (https://www.w3.org/TR/CSP3/): the hashes
	// of the style and the script, and nothing else.
	Policy string
}

// New makes a page from the text of a style and a script. script may be empty.
func New(style, script string) Page {
	p := Page{Style: template.HTML("<style>" + style + "</style>"), Policy: "default-src 'none'; style-src " + hash(style)} //nolint:gosec // our own text
	if script != "" {
		p.Script = template.HTML("<script>" + script + "</script>") //nolint:gosec // our own text
		p.Policy += "; script-src " + hash(script)
	}
	p.Policy += "; base-uri 'none'; form-action 'none'"
	return p
}

// Embedded makes a page from two embedded files. Its style begins with [Tokens]. script may be "". It panics if a file is
// missing.
func Embedded(files fs.FS, style, script string) Page {
	read := func(name string) string {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		return "\n" + string(text)
	}
	text := "\n" + Tokens + read(style)
	if script == "" {
		return New(text, "")
	}
	return New(text, read(script))
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Headers sets the headers of a response with the page: its policy, which also forbids frames, and headers that hide its
// address and content from other sites (https://owasp.org/www-project-secure-headers/).
func (p Page) Headers(set func(name, value string)) {
	set("Content-Security-Policy", p.Policy+"; frame-ancestors 'none'")
	set("Cross-Origin-Opener-Policy", "same-origin")
	set("Cross-Origin-Resource-Policy", "same-origin")
	set("Referrer-Policy", "no-referrer")
	set("X-Content-Type-Options", "nosniff")
	set("X-Frame-Options", "DENY")
}
