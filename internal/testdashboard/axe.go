package testdashboard

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

// axe is axe-core 4.14.1, the engine that checks pages for accessibility, as its package on npm has it. It is for tests alone, under the
// Mozilla Public License 2.0, which stands beside it with the licences of what it contains; its source is at
// https://github.com/dequelabs/axe-core.
//
//go:embed testdata/axe/axe.min.js
var axe string

// violation is a rule that a page breaks.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// run runs rules; with none, those of WCAG 2.0 to 2.2, levels A and AA, and the good practices.
const run = `((rules) => axe.run(document, { resultTypes: ['violations'], runOnly: rules.length ? rules : undefined }).then((result) => result.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.join(' ') + ': ' + (n.any.concat(n.all, n.none)[0]?.message ?? '')) }))))`

// colors are the rules of axe-core whose outcome goes by the theme.
var colors = []string{"color-contrast", "link-in-text-block"}

// Accessible returns an error that has a line for each place of the page in a tab that breaks a rule of axe-core.
func Accessible(tab context.Context) error { return accessible(tab, nil) }

// Contrasting is [Accessible] for the rules of colours alone. It checks a page again in its other theme.
func Contrasting(tab context.Context) error { return accessible(tab, colors) }

func accessible(tab context.Context, rules []string) error {
	// A page that was checked before has axe-core.
	here, err := chromedp.Run(tab, chromedp.Evaluate[bool](`'axe' in window`))
	if err == nil && !here {
		_, err = chromedp.Run(tab, chromedp.Evaluate[bool](axe+"; true"))
	}
	if err != nil {
		return fmt.Errorf("axe-core: %w", err)
	}
	quoted, err := json.Marshal(append([]string{}, rules...))
	if err != nil {
		return fmt.Errorf("axe-core: %w", err)
	}
	found, err := chromedp.Run(tab, chromedp.Evaluate[[]violation](run+"("+string(quoted)+")", chromedp.EvalAwaitPromise))
	if err != nil {
		return fmt.Errorf("axe-core: %w", err)
	}
	var lines []string
	for _, v := range found {
		for _, node := range v.Nodes {
			lines = append(lines, v.ID+": "+v.Help+": "+node)
		}
	}
	if lines == nil {
		return nil
	}
	return fmt.Errorf("axe-core finds:\n%s", strings.Join(lines, "\n"))
}
