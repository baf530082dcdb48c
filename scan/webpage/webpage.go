// Package webpage gives pages that need nothing else their style, their script and a policy that allows exactly these two: no
// request leaves such a page, and text of a file that got around the escaping would not run.
package webpage

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"io/fs"
)

// Page is what is the same in every page of a kind.
type Page struct {
	// Style and Script are elements for the template; Script is empty for a page without one.
	Style, Script template.HTML
	// Policy is the Content-Security-Policy for an element in the page's head
	// (https://www.w3.org/TR/CSP3/): the style and the script by their hashes, and nothing else.
	Policy string
}

// New makes a page of the texts of a style and a script; script may be empty.
func New(style, script string) Page {
	p := Page{Style: template.HTML("<style>" + style + "</style>"), Policy: "default-src 'none'; style-src " + hash(style)} //nolint:gosec // our own text
	if script != "" {
		p.Script = template.HTML("<script>" + script + "</script>") //nolint:gosec // our own text
		p.Policy += "; script-src " + hash(script)
	}
	p.Policy += "; base-uri 'none'; form-action 'none'"
	return p
}

// Embedded makes a page of two files that the build put in; script may be "". It panics when one of them is not there.
func Embedded(files fs.FS, style, script string) Page {
	read := func(name string) string {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		return "\n" + string(text)
	}
	if script == "" {
		return New(read(style), "")
	}
	return New(read(style), read(script))
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Headers sets the headers of an answer with the page: its policy, which also keeps it out of frames, and what keeps its address
// and its content from other sites (https://owasp.org/www-project-secure-headers/).
func (p Page) Headers(set func(name, value string)) {
	set("Content-Security-Policy", p.Policy+"; frame-ancestors 'none'")
	set("Cross-Origin-Opener-Policy", "same-origin")
	set("Cross-Origin-Resource-Policy", "same-origin")
	set("Referrer-Policy", "no-referrer")
	set("X-Content-Type-Options", "nosniff")
	set("X-Frame-Options", "DENY")
}
