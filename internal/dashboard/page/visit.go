package page

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// maxForm bounds what a form may send, in bytes, where its route does not say otherwise.
const maxForm = 64 << 10

// Visit is one request as a page sees it: who calls, and which place the path names. It belongs to one goroutine.
type Visit struct {
	// Caller is nil for somebody who has not signed in.
	*access.Caller
	// Place holds the project and the repository that the path names.
	access.Place

	Core    *Core
	Writer  http.ResponseWriter
	Request *http.Request
	// Now is when the visit began.
	Now time.Time

	tab string
	// queue is what the head shows; live is the path of the events that tell of its changes. They are set once asked is.
	queue Queue
	live  string
	asked bool
}

func (c *Core) visit(w http.ResponseWriter, r *http.Request) *Visit {
	v := &Visit{Core: c, Writer: w, Request: r, Now: c.Now()}
	theLooks.headers(w.Header())
	return v
}

// Ctx is the context of the request. It ends when nobody waits for the answer any longer, or when it takes too long.
func (v *Visit) Ctx() context.Context { return v.Request.Context() }

// sends reports whether the request is a form that is sent, and not a page that is read.
func (v *Visit) sends() bool {
	return v.Request.Method != http.MethodGet && v.Request.Method != http.MethodHead
}

// serve checks who calls and whether they may, and answers in bounded time.
func (v *Visit) serve(r *Route) {
	if !r.Live && !r.Long {
		ctx, cancel := context.WithTimeout(v.Ctx(), v.Core.Patience)
		defer cancel()
		v.Request = v.Request.WithContext(ctx)
	}
	v.tab = r.Tab
	err := v.authorize(r)
	if errors.Is(err, errSignIn) {
		v.toSignIn()
		return
	}
	if err == nil && v.sends() {
		err = v.readForm(r)
	}
	if err == nil {
		if v.Caller != nil && r.Needs != access.Anyone && !r.Live && !v.sends() {
			// Before the page is read: a change in between is then seen as one that the page does not show yet.
			v.askQueue()
		}
		err = r.Handle(v)
	}
	if err != nil {
		v.fail(err)
	}
}

// errSignIn says that the visitor must sign in first.
var errSignIn = errors.New("sign in first")

// authorize finds out who calls, what the path names, and whether the caller may do this there.
func (v *Visit) authorize(r *Route) error {
	if err := v.readable(); err != nil {
		return err
	}
	if v.sends() {
		if err := access.CrossSite(v.Request); err != nil {
			return &Problem{Status: http.StatusForbidden, Title: "This came from another site", Text: "Nothing was changed. A page of another site sent this form, or your browser did not say where it comes from. Open the page here and try again."}
		}
	}
	err := v.resume(r.Live || v.Request.Header.Get(selfHeader) != "")
	var stale *access.StaleError
	switch {
	case errors.As(err, &stale):
		if r.Needs != access.Anyone {
			return v.signInAgain(stale)
		}
	case err != nil:
		return err
	}
	if r.Needs == access.Anyone {
		return nil
	}
	if v.Caller == nil {
		return errSignIn
	}
	if err := v.Core.Control.Throttle(v.Ctx(), v.Caller); err != nil {
		return err
	}
	if key := v.Request.PathValue("projectKey"); key != "" {
		at, err := v.Core.Places.Find(v.Ctx(), v.Visible, key, v.Request.PathValue("repoSlug"))
		if err != nil {
			return err
		}
		v.Place = at
	}
	if !v.Can(r.Needs) {
		if v.sends() {
			v.Core.Control.Refused(v.Ctx(), &audit.Event{Actor: v.Account.Name, Action: "refused: " + r.Method + " " + r.Path, Object: v.PlaceName()})
		}
		return forbidden(r.Needs, r.Path == "/{$}")
	}
	return nil
}

// Can reports whether the caller has a permission at the place of the visit.
func (v *Visit) Can(p access.Permission) bool { return v.May(p, v.Place) }

// unreadable says that a text could not be looked up in any database.
var unreadable = BadRequest("The address or the form holds characters that nothing here is called by.")

// readable refuses an address that could not be looked up in any database.
func (v *Visit) readable() error {
	query, err := url.ParseQuery(v.Request.URL.RawQuery)
	if err != nil || !db.Plain(v.Request.URL.Path) || !plain(query) {
		return unreadable
	}
	return nil
}

// plain reports whether every database takes these names and values.
func plain(values url.Values) bool {
	for name, list := range values {
		if !db.Plain(name) || slices.ContainsFunc(list, func(value string) bool { return !db.Plain(value) }) {
			return false
		}
	}
	return true
}

// readForm reads the form of a permitted caller, with its files, into memory.
func (v *Visit) readForm(r *Route) error {
	most := cmp.Or(r.Form, maxForm)
	v.Request.Body = http.MaxBytesReader(v.Writer, v.Request.Body, most)
	read := v.Request.ParseForm
	if kind, _, err := mime.ParseMediaType(v.Request.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		read = func() error { return v.Request.ParseMultipartForm(most) } //nolint:gosec // the reader above bounds it
	}
	if err := read(); err != nil {
		return BadRequest("The form could not be read: it is too long, or it broke off.")
	}
	if !plain(v.Request.PostForm) {
		return unreadable
	}
	return nil
}

// Upload returns the content of a file of the form; nil if the form has no such file.
func (v *Visit) Upload(name string) ([]byte, error) {
	file, _, err := v.Request.FormFile(name)
	if err != nil {
		return nil, nil //nolint:nilerr // the form has been read: there is no such file
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}

// Record writes an entry into the audit log, although the visitor may be gone.
func (v *Visit) Record(action, object, detail string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.Ctx()), access.AuditTime)
	defer cancel()
	return v.Core.Trail.Add(ctx, &audit.Event{Actor: v.Account.Name, Action: action, Object: object, Detail: detail})
}

// Redirect sends the browser to a path of this server, which it opens by GET.
func (v *Visit) Redirect(path string) {
	v.Writer.Header().Set("Location", path)
	v.Writer.WriteHeader(http.StatusSeeOther)
}

// Leave sends the browser to another server, which it opens by GET. The address must be one that the configuration vouches for.
func (v *Visit) Leave(address string) {
	v.Writer.Header().Set("Location", address)
	v.Writer.WriteHeader(http.StatusSeeOther)
}

// Done sends the browser to a path of this server after an action. The page there says the sentence that [Core.Done] has for a word.
func (v *Visit) Done(path, word string) error {
	u, err := url.Parse(path)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("done", word)
	u.RawQuery = q.Encode()
	v.Redirect(u.String())
	return nil
}
