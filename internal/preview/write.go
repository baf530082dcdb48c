package preview

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/sluice-scan/sluice/scan/atomicfile"
	"github.com/sluice-scan/sluice/scan/webpage"
)

//go:embed template
var templates embed.FS

// The parts that all pages share. The policy allows only the style and the script of this page, by their hashes: the
// page makes no requests, and text of a file that got past the escaping would not run.
var (
	pages = sync.OnceValue(func() *template.Template { return template.Must(template.ParseFS(templates, "template/*.tmpl")) })
	looks = sync.OnceValue(func() webpage.Page { return webpage.Embedded(templates, "template/preview.css", "template/preview.js") })
)

// frame is the data that every template receives.
type frame struct {
	webpage.Page
	view
	Trouble *trouble
}

func newFrame() frame { return frame{Page: looks()} }

// Write writes the page: one self-contained HTML file that is readable without its script and loads nothing. The error
// comes from w.
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

// WriteDir writes the page to index.html in dir, and creates dir if necessary. The write is atomic: if it fails, the old
// file stays.
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
