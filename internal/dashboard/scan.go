package dashboard

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// menu are the actions on a row or a page.
type menu struct {
	// Of says what they act on.
	Of string
	// Scan is the path that forms are sent to; Back is where the browser goes afterwards.
	Scan, Back string
	// Confirm is the path of a page that asks before everything is scanned again; empty where nobody is asked.
	Confirm string
	// Branch is the branch that is scanned; empty for all.
	Branch string
}

// menuOf makes the menu of a path. Ask access first.
func (v *visit) menuOf(path, of string) *menu {
	m := &menu{Of: of, Scan: v.d.BasePath + path + "/scan", Back: v.withoutBatch()}
	if !strings.Contains(path, "/repos/") {
		m.Confirm = v.d.BasePath + path + "/rescan?back=" + url.QueryEscape(m.Back)
	}
	return m
}

// menu makes the menu of a path, if the caller has a permission at the place of the visit.
func (v *visit) menu(path, of string, needs access.Permission) *menu {
	if !v.may(needs) {
		return nil
	}
	return v.menuOf(path, of)
}

// withoutBatch is the address of this page, without the notice of an earlier action.
func (v *visit) withoutBatch() string {
	q := v.r.URL.Query()
	q.Del("batch")
	return address(v.r.URL.EscapedPath(), q)
}

// scope is what the visit's place means to the queue, with its name for people.
func (v *visit) scope() (queue.Scope, string) {
	switch {
	case v.Repository != nil:
		return queue.Scope{RepositoryID: v.Repository.ID}, v.Project.Name + " / " + v.Repository.Name
	case v.Project != nil:
		return queue.Scope{ProjectID: v.Project.ID, Visible: v.Visible}, v.Project.Name
	}
	return queue.Scope{Visible: v.Visible}, "Everything"
}

// scan puts the branches of the visit's place into the queue, or one branch of a repository.
func (v *visit) scan() error {
	form := v.r.PostForm
	mode := form.Get("mode")
	if mode != "outdated" && mode != "rescan" {
		return badRequest("The form says neither \"scan outdated\" nor \"rescan all\".")
	}
	scope, name := v.scope()
	if branch := form.Get("branch"); branch != "" && v.Repository != nil {
		b, err := v.d.Catalog.Branch(v.ctx(), v.Repository.ID, branch)
		if err != nil {
			return err
		}
		scope.BranchID = b.ID
		name += " : " + b.Name
	}
	done, err := v.d.Queue.Enqueue(v.ctx(), queue.Rescan(scope, name, v.Account.Name, mode == "outdated"))
	if err != nil {
		return err
	}
	v.d.Wake()
	if err := v.record("scan.requested", name, done.String()); err != nil {
		return err
	}
	back, err := url.Parse(v.after(form.Get("back")))
	if err != nil {
		return err
	}
	q := back.Query()
	q.Set("batch", db.Key(done.Batch))
	back.RawQuery = q.Encode()
	v.redirect(back.String())
	return nil
}

// confirmBody asks before everything of a project, or of the instance, is scanned again.
type confirmBody struct {
	Of, Scan, Back string
	Above          []link
	// Repositories says how many there are.
	Repositories string
}

func (v *visit) confirm() error {
	body := confirmBody{Of: "everything that you may read", Scan: v.d.BasePath + "/scan", Back: v.after(v.r.URL.Query().Get("back")), Above: []link{{"Projects", v.home()}}}
	n := 0
	if p := v.Project; p != nil {
		path := v.d.BasePath + projectLink(p.Key)
		body.Of, body.Scan, n = p.Name, path+"/scan", p.Repositories.Total()
		body.Above = append(body.Above, link{p.Name, path})
	} else {
		all, err := v.visibleProjects(v.ctx(), "all")
		if err != nil {
			return err
		}
		for i := range all {
			n += all[i].Repositories.Total()
		}
	}
	body.Repositories = count(n, "repository", "repositories")
	return v.page(http.StatusOK, "confirm", "Rescan "+body.Of, body)
}

// notice says what became of a request for scans.
type notice struct{ Text, Detail string }

// notice reads the progress of the batch that the address names. It shows no batch of another account.
func (v *visit) notice() *notice {
	id, ok := db.ParseKey(v.r.URL.Query().Get("batch"))
	if !ok {
		return nil
	}
	b, err := v.d.Queue.Batch(v.ctx(), id)
	if err != nil || b.RequestedBy != v.Account.Name {
		return nil
	}
	n := &notice{}
	switch {
	case b.Total == 0:
		n.Text = b.Scope + ": nothing to scan. No branch needs it, or each that does is being scanned."
		return n
	case b.Done() == b.Total:
		n.Text = b.Scope + ": " + count(b.Total, "scan is", "scans are") + " done."
		return n
	}
	n.Text = b.Scope + ": " + thousands(b.Done()) + " of " + count(b.Total, "scan", "scans") + " done."
	if b.Merged > 0 {
		n.Detail = thousands(b.Merged) + " waited already."
	}
	return n
}
