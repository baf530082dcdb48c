package page

import (
	"html/template"
	"io/fs"
)

// Template is a page without its data. It is safe for concurrent use.
type Template struct{ t *template.Template }

var shared = template.Must(template.New("shared").ParseFS(files, "templates/shared/*.html"))

var problemPage = Parse(files, "problem")

// Parse reads the template templates/NAME.html of a room, which defines "body". It may use the shared parts, and those that the room has in
// templates/part. It panics when the template is broken: call it once for each page, when the program starts.
func Parse(room fs.FS, name string) *Template {
	patterns := []string{"templates/" + name + ".html"}
	if parts, err := fs.Glob(room, "templates/part/*.html"); err == nil && len(parts) > 0 {
		patterns = append(patterns, "templates/part/*.html")
	}
	return &Template{template.Must(template.Must(shared.Clone()).ParseFS(room, patterns...))}
}
