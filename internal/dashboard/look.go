package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan/webpage"
)

//go:embed assets templates
var files embed.FS

// policy lets a page take its style and its pictures from this server and send forms to it; nothing runs in it
// (https://www.w3.org/TR/CSP3/).
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"

// asset is a file that pages take, under a name that changes with its content.
type asset struct {
	kind string
	text []byte
}

// looks are the templates and the files of all pages. They do not change, and are safe for concurrent use.
type looks struct {
	templates map[string]*template.Template
	// assets are by name; style and icon are two of the names.
	assets      map[string]asset
	style, icon string
}

// newLooks reads what the build put in. It panics when that is broken.
func newLooks() *looks {
	l := &looks{templates: map[string]*template.Template{}, assets: map[string]asset{}}
	l.style = l.add("style", ".css", "text/css; charset=utf-8", read("tokens.css"), read("layout.css"), read("parts.css"))
	l.icon = l.add("icon", ".svg", "image/svg+xml", read("icon.svg"))
	shared := template.Must(template.New("shared").ParseFS(files, "templates/shared/*.html"))
	pages, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		panic(err)
	}
	for _, name := range pages {
		l.templates[strings.TrimSuffix(path.Base(name), ".html")] = template.Must(template.Must(shared.Clone()).ParseFS(files, name))
	}
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
func (v *visit) asset() error {
	a, ok := v.d.looks.assets[v.r.PathValue("file")]
	if !ok {
		return notFound("There is nothing at this address.")
	}
	v.w.Header().Set("Content-Type", a.kind)
	v.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	// A browser that is gone gets nothing.
	_, _ = v.w.Write(a.text)
	return nil
}

// frame is what every page has around its body.
type frame struct {
	// Title is the window's title. Base is the prefix of every link.
	Title, Base string
	Style, Icon string
	// Account is who has signed in, and Home is where the list of projects is; empty for nobody.
	Account, Home string
	// Here is the path of this page with its query.
	Here string
	// InProjects is true for the pages below the list of projects.
	InProjects bool
	// Running and Waiting are the scans of repositories that the caller may read. QueueKnown is false when they are not known.
	Running, Waiting int
	QueueKnown       bool
	// Notice tells what became of scans that were asked for; nil for none.
	Notice *notice
	Body   any
}

// page answers with a page: title, and the template of a name with its body.
func (v *visit) page(status int, name, title string, body any) error {
	f := frame{Title: title, Base: v.d.BasePath, Style: v.d.looks.style, Icon: v.d.looks.icon, Here: v.r.URL.RequestURI(), InProjects: name == "projects" || name == "repositories" || name == "branches" || name == "confirm", Body: body}
	if v.Caller != nil {
		f.Account, f.Home = v.Account.Name, v.home()
		f.Running, f.Waiting, f.QueueKnown = v.queue()
		f.Notice = v.notice()
	}
	var text bytes.Buffer
	if err := v.d.looks.templates[name].ExecuteTemplate(&text, "page", f); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = io.Copy(v.w, &text)
	}
	return nil
}

// queue counts the scans that run and wait, of repositories that the caller may read. A page is shown without them when they are not known.
func (v *visit) queue() (running, waiting int, known bool) {
	list, err := v.d.Queue.Activities(v.ctx())
	if err != nil {
		v.d.Log.Error("queue not shown", "path", v.r.URL.Path, "error", err)
		return 0, 0, false
	}
	for i := range list {
		if a := &list[i]; v.Visible.Sees(a.RepositoryID, a.ProjectID) {
			running, waiting = running+len(a.Running), waiting+a.Queued
		}
	}
	return running, waiting, true
}
