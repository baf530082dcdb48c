package page

import (
	"bytes"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
)

// frame is what every page has around its body.
type frame struct {
	// Title is the window's title. Base is the prefix of every link.
	Title, Base string
	Style, Icon string
	// Account is who has signed in, and Home is where the caller begins; empty for nobody.
	Account, Home string
	// Here is the path of this page with its query.
	Here string
	Tabs []tabLink
	// Running and Waiting are the scans of repositories that the caller may read. QueueKnown is false when they are not known.
	Running, Waiting int
	QueueKnown       bool
	// Notice tells what became of the action before; nil for nothing to say.
	Notice *Notice
	Body   any
}

// tabLink is an entry of the navigation. Chosen is true for the one that the page belongs to.
type tabLink struct {
	Link
	Chosen, Gear bool
}

// Show answers with a page: title, and a template with its body.
func (v *Visit) Show(status int, t *Template, title string, body any) error {
	f := frame{Title: title, Base: v.Core.BasePath, Style: theLooks.style, Icon: theLooks.icon, Here: v.Request.URL.RequestURI(), Body: body}
	if v.Caller != nil {
		f.Account, f.Home = v.Account.Name, v.Home()
		f.Running, f.Waiting, f.QueueKnown = v.Core.Header.Waiting(v)
		f.Notice = v.notice()
		f.Tabs = v.tabs()
	}
	var text bytes.Buffer
	if err := t.t.ExecuteTemplate(&text, "page", f); err != nil {
		return err
	}
	v.Writer.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.Writer.WriteHeader(status)
	if v.Request.Method != http.MethodHead {
		_, _ = io.Copy(v.Writer, &text)
	}
	return nil
}

// notice says what became of the action before this page; nil for nothing to say.
func (v *Visit) notice() *Notice {
	if text, ok := v.Core.Done[v.Request.URL.Query().Get("done")]; ok {
		return &Notice{Text: text}
	}
	return v.Core.Header.Notice(v)
}

// tabs lists the entries of the navigation that the caller may open.
func (v *Visit) tabs() (list []tabLink) {
	for _, t := range v.Core.Tabs {
		if !v.May(t.Needs, access.Place{}) {
			continue
		}
		path := v.Core.BasePath + t.Path
		if t.Path == "" {
			path = v.Home()
		}
		list = append(list, tabLink{Link{t.Text, path}, t.Text == v.tab, t.Gear})
	}
	return list
}
