package flow

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// endings are calls that end the program or the handling of a request, by language and the full name. Those of Python
// raise an exception. Sources: https://docs.python.org/3/library/sys.html#sys.exit,
// https://flask.palletsprojects.com/en/stable/api/#flask.abort, https://pkg.go.dev/log#Fatal, https://nodejs.org/api/process.html#processexitcode
var endings = map[tree.Language]map[string]bool{
	tree.Python:     set("sys.exit", "os._exit", "os.abort", "exit", "quit", "flask.abort", "werkzeug.exceptions.abort", "bottle.abort", "quart.abort"),
	tree.Go:         set("os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln", "runtime.Goexit"),
	tree.JavaScript: set("process.exit", "process.abort"),
	tree.TypeScript: set("process.exit", "process.abort"),
	tree.Java:       set("System.exit"),
}

// endingNames are the last parts of their names.
var endingNames = func() map[string]bool {
	names := map[string]bool{}
	for _, table := range endings {
		for name := range table {
			names[name[strings.LastIndexByte(name, '.')+1:]] = true
		}
	}
	return names
}()

// isEnding reports whether a call does not come back.
func (w *walk) isEnding(c *callSite) bool {
	if !endingNames[c.name] {
		return false
	}
	name := w.file.Name(c.callee)
	if name == "" && c.receiverID != tree.None {
		name = w.file.Text(c.receiverID) + "." + c.name
	} else if name == "" {
		name = c.name
	}
	return endings[w.file.Language][name]
}
