package page

import (
	"bytes"
	"html/template"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
)

// frame is what every page has around its body.
type frame struct {
	// Title is the window's title. Base is the prefix of every link.
	Title, Base         string
	Style, Script, Icon string
	// Theme is "light" or "dark"; empty when the system chooses. Themes offer the three.
	Theme  string
	Themes []Choice
	// Account is who has signed in, and Home is where the caller begins; empty for nobody.
	Account, Home string
	// Here is the path of this page with its query.
	Here  string
	Tabs  []tabLink
	Queue Queue
	// Live is the path of the events that tell of changes of the queue.
	Live string
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
	theme := v.theme()
	f := frame{
		Title: title, Base: v.Core.BasePath, Style: theLooks.style, Script: theLooks.script, Icon: theLooks.icon, Here: v.Request.URL.RequestURI(), Body: body,
		Theme: theme, Themes: Choices(themeWords, theme),
	}
	if v.Caller != nil {
		f.Account, f.Home = v.Account.Name, v.Home()
		if !v.asked {
			v.askQueue()
		}
		f.Queue, f.Live = v.queue, v.live
		f.Notice = v.notice()
		f.Tabs = v.tabs()
	}
	return v.write(status, t, "page", f)
}

// ShowPart answers with a part of a page, without anything around it: the template "body", with its body and the links of the frame.
func (v *Visit) ShowPart(t *Template, body any) error {
	return v.write(http.StatusOK, t, "body", frame{Base: v.Core.BasePath, Body: body})
}

func (v *Visit) write(status int, t *Template, name string, f frame) error {
	render := v.Core.Render
	if render == nil {
		render = (*template.Template).ExecuteTemplate
	}
	var text bytes.Buffer
	if err := render(t.t, &text, name, f); err != nil {
		return err
	}
	v.Writer.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.Writer.WriteHeader(status)
	if v.Request.Method != http.MethodHead {
		_, _ = io.Copy(v.Writer, &text)
	}
	return nil
}

// askQueue asks what the head shows.
func (v *Visit) askQueue() {
	v.queue, v.live, v.asked = v.Core.Header.Queue(v), v.Core.BasePath, true
	if v.Repository != nil {
		v.live = v.ToRepository(v.Repository.ProjectKey, v.Repository.Slug)
	} else if v.Project != nil {
		v.live = v.ToProject(v.Project.Key)
	}
	v.live += "/events"
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
