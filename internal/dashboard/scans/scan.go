package scans

import (
	"math"
	"net/http"
	"net/url"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// scopeOf is what the visit's place means to the queue, with its name for people.
func scopeOf(v *page.Visit) (queue.Scope, string) {
	switch {
	case v.Repository != nil:
		return queue.Scope{RepositoryID: v.Repository.ID}, v.Project.Name + " / " + v.Repository.Name
	case v.Project != nil:
		return queue.Scope{ProjectID: v.Project.ID, Visible: v.Visible}, v.Project.Name
	}
	return queue.Scope{Visible: v.Visible}, "Everything"
}

// scan puts the branches of the visit's place into the queue, or one branch of a repository.
func (s *Pages) scan(v *page.Visit) error {
	form := v.Request.PostForm
	mode := form.Get("mode")
	if mode != "outdated" && mode != "rescan" {
		return page.BadRequest("The form says neither \"scan outdated\" nor \"rescan all\".")
	}
	scope, name := scopeOf(v)
	if branch := form.Get("branch"); branch != "" && v.Repository != nil {
		b, err := s.Catalog.Branch(v.Ctx(), v.Repository.ID, branch)
		if err != nil {
			return err
		}
		scope.BranchID = b.ID
		name += " : " + b.Name
	}
	done, err := s.Scans.Enqueue(v.Ctx(), queue.Rescan(scope, name, v.Account.Name, mode == "outdated"))
	if err != nil {
		return err
	}
	s.Desk.Wake()
	if err := v.Record("scan.requested", name, done.String()); err != nil {
		return err
	}
	back, err := url.Parse(v.Back(form.Get("back")))
	if err != nil {
		return err
	}
	q := back.Query()
	q.Set("batch", db.Key(done.Batch))
	back.RawQuery = q.Encode()
	v.Redirect(back.String())
	return nil
}

// confirmBody asks before everything of a project, or of the instance, is scanned again.
type confirmBody struct {
	Of, Scan, Back string
	Above          []page.Link
	// Repositories says how many there are.
	Repositories string
}

func (s *Pages) confirm(v *page.Visit) error {
	body := confirmBody{Of: "everything that you may read", Scan: v.Core.BasePath + "/scan", Back: v.Back(v.Request.URL.Query().Get("back")), Above: []page.Link{{Text: "Projects", Path: v.Home()}}}
	n := 0
	if p := v.Project; p != nil {
		path := v.ToProject(p.Key)
		body.Of, body.Scan, n = p.Name, path+"/scan", p.Repositories.Total()
		body.Above = append(body.Above, page.Link{Text: p.Name, Path: path})
	} else {
		all, err := s.Catalog.Projects(v.Ctx(), v.Visible, nil, "", db.Page{Limit: math.MaxInt32})
		if err != nil {
			return err
		}
		for i := range all {
			n += all[i].Repositories.Total()
		}
	}
	body.Repositories = figure.Count(n, "repository", "repositories")
	return v.Show(http.StatusOK, confirmPage, "Rescan "+body.Of, body)
}
