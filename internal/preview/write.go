package preview

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/sluice-scan/sluice/scan/atomicfile"
)

//go:embed template
var templates embed.FS

// The parts that are the same in every page. The policy allows exactly the style and the script of this page by their
// hashes, and nothing else: no request leaves it, and text of a file that got around the escaping would not run.
var (
	pages      = sync.OnceValue(func() *template.Template { return template.Must(template.ParseFS(templates, "template/*.tmpl")) })
	styleText  = embedded("template/preview.css")
	scriptText = embedded("template/preview.js")
	policy     = fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'",
		sha256Base64(styleText), sha256Base64(scriptText))
)

// embedded reads a file that the build put in.
func embedded(name string) string {
	text, err := templates.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return "\n" + string(text)
}

func sha256Base64(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// frame is what every template gets.
type frame struct {
	Policy        string
	Style, Script template.HTML
	view
	Trouble *trouble
}

func newFrame() frame {
	return frame{
		Policy: policy,
		Style:  template.HTML("<style>" + styleText + "</style>"),
		Script: template.HTML("<script>" + scriptText + "</script>"),
	}
}

// Write writes the page: one HTML file that needs nothing else, reads well without its script, and asks for nothing. The
// error is w's.
func (p *Page) Write(w io.Writer) error {
	f := newFrame()
	f.view = p.view
	b := bufio.NewWriterSize(w, 64<<10)
	if err := pages().ExecuteTemplate(b, "preview.html.tmpl", f); err != nil {
		return err
	}
	return b.Flush()
}

// indexName is the file that WriteDir writes.
const indexName = "index.html"

// WriteDir writes the page to index.html in dir, which is made if it is not there. The file is whole or the old one
// stays: a full disk leaves no half page.
func WriteDir(page *Page, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		if errors.Is(err, syscall.ENOTDIR) {
			return fmt.Errorf("make the folder for the preview: %w; give --output a folder, not a file", err)
		}
		return fmt.Errorf("make the folder for the preview: %w", err)
	}
	name := filepath.Join(dir, indexName)
	if err := atomicfile.Write(name, atomicfile.Options{Mode: 0o644}, func(temp *os.File) error { return page.Write(temp) }); err != nil {
		return fmt.Errorf("write the preview %s: %w", name, err)
	}
	return nil
}
