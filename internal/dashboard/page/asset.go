package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"

	"github.com/sluice-scan/sluice/scan/webpage"
)

//go:embed assets templates
var files embed.FS

// policy lets a page take its style, its script and its pictures from this server, ask it, and send forms to it
// (https://www.w3.org/TR/CSP3/).
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"

// asset is a file that pages take, under a name that changes with its content.
type asset struct {
	kind string
	text []byte
}

// looks are the files of all pages. They do not change, and are safe for concurrent use.
type looks struct {
	// assets are by name; style, script and icon are three of the names.
	assets              map[string]asset
	style, script, icon string
}

var theLooks = newLooks()

// firstStyles come before the styles of single pages, which build on them.
var firstStyles = []string{"layout.css", "parts.css"}

// newLooks reads what the build put in. It panics when that is broken.
func newLooks() *looks {
	l := &looks{assets: map[string]asset{}}
	styles, err := fs.Glob(files, "assets/*.css")
	if err != nil {
		panic(err)
	}
	texts := [][]byte{[]byte(webpage.Tokens)}
	for _, name := range firstStyles {
		texts = append(texts, read(name))
	}
	for _, name := range styles {
		if name = path.Base(name); !slices.Contains(firstStyles, name) {
			texts = append(texts, read(name))
		}
	}
	l.style = l.add("style", ".css", "text/css; charset=utf-8", texts...)
	l.script = l.add("script", ".js", "text/javascript; charset=utf-8", read("live.js"), read("dashboard.js"))
	l.icon = l.add("icon", ".svg", "image/svg+xml", read("icon.svg"))
	return l
}

func read(name string) []byte {
	text, err := files.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	return text
}

// add adds an asset and gives its name.
func (l *looks) add(name, extension, kind string, texts ...[]byte) string {
	text := bytes.Join(texts, []byte("\n"))
	sum := sha256.Sum256(text)
	name += "-" + hex.EncodeToString(sum[:6]) + extension
	l.assets[name] = asset{kind, text}
	return name
}

// headers sets what every answer has.
func (l *looks) headers(h http.Header) {
	webpage.Page{Policy: policy}.Headers(h.Set)
	// The form of a page must say which site it comes from; other sites learn nothing.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// asset answers with a file of the pages. Its name changes with its content, so that browsers keep it.
func (v *Visit) asset() error {
	a, ok := theLooks.assets[v.Request.PathValue("file")]
	if !ok {
		return NotFound("There is nothing at this address.")
	}
	v.Writer.Header().Set("Content-Type", a.kind)
	v.Writer.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	// A browser that is gone gets nothing.
	_, _ = v.Writer.Write(a.text)
	return nil
}
