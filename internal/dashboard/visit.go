package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// maxForm bounds what a form may send, in bytes.
const maxForm = 64 << 10

// visit is one request as a page sees it: who calls, and which place the path names. It belongs to one goroutine.
type visit struct {
	// Caller is nil for somebody who has not signed in.
	*access.Caller
	// Place holds the project and the repository that the path names.
	access.Place

	d   *Dashboard
	w   http.ResponseWriter
	r   *http.Request
	now time.Time
}

func (d *Dashboard) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{d: d, w: w, r: r, now: d.Now()}
	d.looks.headers(w.Header())
	return v
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// sends reports whether the request is a form that is sent, and not a page that is read.
func (v *visit) sends() bool { return v.r.Method != http.MethodGet && v.r.Method != http.MethodHead }

// serve checks who calls and whether they may, and answers in bounded time.
func (v *visit) serve(r *Route) {
	ctx, cancel := context.WithTimeout(v.ctx(), v.d.Patience)
	defer cancel()
	v.r = v.r.WithContext(ctx)
	err := v.authorize(r)
	if errors.Is(err, errSignIn) {
		v.toSignIn()
		return
	}
	if err == nil {
		err = r.Handle(v)
	}
	if err != nil {
		v.fail(err)
	}
}

// errSignIn says that the visitor must sign in first.
var errSignIn = errors.New("sign in first")

// authorize finds out who calls, what the path names, and whether the caller may do this there.
func (v *visit) authorize(r *Route) error {
	if err := v.readable(); err != nil {
		return err
	}
	if v.sends() {
		if err := access.CrossSite(v.r); err != nil {
			return &problem{http.StatusForbidden, "This came from another site", "Nothing was changed. A page of another site sent this form, or your browser did not say where it comes from. Open the page here and try again."}
		}
	}
	if err := v.resume(); err != nil {
		return err
	}
	if r.Needs == access.Anyone {
		return nil
	}
	if v.Caller == nil {
		return errSignIn
	}
	if err := v.d.Control.Throttle(v.ctx(), v.Caller); err != nil {
		return err
	}
	if key := v.r.PathValue("projectKey"); key != "" {
		at, err := v.d.places.Find(v.ctx(), v.Visible, key, v.r.PathValue("repoSlug"))
		if err != nil {
			return err
		}
		v.Place = at
	}
	if !v.may(r.Needs) {
		if v.sends() {
			v.d.Control.Refused(v.ctx(), &audit.Event{Actor: v.Account.Name, Action: "refused: " + r.Method + " " + r.Path, Object: v.PlaceName()})
		}
		return forbidden(r.Needs, r.Path == "/{$}")
	}
	return nil
}

// may reports whether the caller has a permission at the place of the visit.
func (v *visit) may(p access.Permission) bool { return v.May(p, v.Place) }

// readable refuses what could not be looked up in any database, and reads the form.
func (v *visit) readable() error {
	query, err := url.ParseQuery(v.r.URL.RawQuery)
	bad := err != nil || !db.Plain(v.r.URL.Path)
	if v.sends() {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
		if err := v.r.ParseForm(); err != nil {
			return badRequest("The form could not be read: it is too long, or it broke off.")
		}
	}
	for _, values := range []url.Values{query, v.r.PostForm} {
		for name, list := range values {
			for _, value := range list {
				bad = bad || !db.Plain(name) || !db.Plain(value)
			}
		}
	}
	if bad {
		return badRequest("The address or the form holds characters that nothing here is called by.")
	}
	return nil
}

// record writes an entry into the audit log, although the visitor may be gone.
func (v *visit) record(action, object, detail string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), access.AuditTime)
	defer cancel()
	return v.d.Trail.Add(ctx, &audit.Event{Actor: v.Account.Name, Action: action, Object: object, Detail: detail})
}

// redirect sends the browser to a path of this server, which it opens by GET.
func (v *visit) redirect(path string) {
	v.w.Header().Set("Location", path)
	v.w.WriteHeader(http.StatusSeeOther)
}
