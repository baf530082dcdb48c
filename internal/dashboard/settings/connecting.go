package settings

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Connecting keeps the connections to a Bitbucket; see connected.Admin for its methods and their errors. It is called by
// many requests at once.
type Connecting interface {
	Details(ctx context.Context) (map[string]*connected.Detail, error)
	Detail(ctx context.Context, name string) (*connected.Detail, error)
	Add(ctx context.Context, name string, s *connected.Settings, c *connected.Credential, check bool) (connected.Said, error)
	Change(ctx context.Context, name string, change func(s *connected.Settings), c *connected.Credential, check bool) (connected.Said, error)
	Probe(ctx context.Context, name string) (connected.Said, error)
	Rotate(ctx context.Context, name string) error
	Disconnect(ctx context.Context, name string) (connected.Removed, error)
}

const (
	newConnectionPath = connectionsPath + "/new"
	connectionPath    = connectionsPath + "/{connection}"
)

// connectionBody is the page of one connection.
type connectionBody struct {
	sectioned

	Row connectionRow
	// Facts are what somebody has set up and what became of it.
	Facts []fact
	Form  connectionForm
	// Said is what the server has just said; Bad is true if that is no good news.
	Said string
	Bad  bool
	// Check and Rotate are where these forms go; Rotate is empty without webhooks.
	Check, Rotate, Sync string
	Remove              *page.Ask
}

// fact is a word with what it stands for.
type fact struct{ Word, Text string }

// newConnectionBody is the page on which a connection is added.
type newConnectionBody struct {
	sectioned

	Form connectionForm
}

func toConnection(v *page.Visit, name string) string {
	return v.Core.BasePath + connectionsPath + "/" + url.PathEscape(name)
}

// errKeepsNone means that this server keeps no connections.
var errKeepsNone = page.NotFound("This server keeps no connections.")

// newConnection shows the form of a new connection.
func (s *Pages) newConnection(v *page.Visit) error {
	if s.Connecting == nil {
		return errKeepsNone
	}
	return s.showNewConnection(v, http.StatusOK, &connected.Settings{}, "")
}

func (s *Pages) showNewConnection(v *page.Visit, status int, x *connected.Settings, problem string) error {
	b := newConnectionBody{sectioned: newSectioned(v, "Connect a Bitbucket", "Bitbucket Data Center 7.21 or newer, or a workspace of Bitbucket Cloud. Sluice lists its repositories, keeps copies of them, and scans them."), Form: newConnectionForm(v, x, problem)}
	b.Form.New, b.Form.Action = true, v.Core.BasePath+newConnectionPath
	name := page.Input{Name: "id", Label: "Name", Value: v.Request.PostForm.Get("id"), Required: true, Hint: "What it is called here: small letters, digits and dashes"}
	b.Form.Basic = append([]page.Input{name}, b.Form.Basic...)
	return v.Show(status, newConnectionPage, "Connect a Bitbucket", b)
}

// addConnection adds the connection of a form.
func (s *Pages) addConnection(v *page.Visit) error {
	if s.Connecting == nil {
		return errKeepsNone
	}
	x, problem := readConnection(v.Request.PostForm, connected.Settings{})
	name := strings.TrimSpace(v.Request.PostForm.Get("id"))
	if problem == "" {
		_, err := s.Connecting.Add(v.Ctx(), name, &x, credentialOf(v.Request.PostForm), v.Request.PostForm.Get("unchecked") == "")
		if errors.Is(err, db.ErrExists) {
			problem = "There is already a connection " + name + "."
		} else if problem, err = refused(err); err != nil {
			return err
		}
	}
	if problem != "" {
		return s.showNewConnection(v, http.StatusBadRequest, &x, problem)
	}
	if err := v.Record("POST /connections", "", name+" "+access.Shortened(x.URL)); err != nil {
		return err
	}
	return v.Done(toConnection(v, name), "connection-added")
}

// oneConnection shows a connection.
func (s *Pages) oneConnection(v *page.Visit) error {
	return s.showConnection(v, http.StatusOK, nil, "", &connectionBody{})
}

// showConnection shows the connection that the path names. changed are settings that were not accepted; nil for those that
// are stored.
func (s *Pages) showConnection(v *page.Visit, status int, changed *connected.Settings, problem string, b *connectionBody) error {
	name := v.Request.PathValue("connection")
	list := s.lives()
	i := slices.IndexFunc(list, func(x connection.Live) bool { return x.ID == name })
	if i < 0 || s.Connecting == nil {
		return page.NotFound("There is no connection with that name.")
	}
	d, err := s.Connecting.Detail(v.Ctx(), name)
	if errors.Is(err, db.ErrNotFound) {
		return page.NotFound("There is no connection to a Bitbucket with that name.")
	}
	if err != nil {
		return err
	}
	held, err := s.Missing(list[i].Key).Held(v.Ctx())
	if err != nil {
		return err
	}
	b.sectioned = newSectioned(v, name, "A connection to "+d.Settings.URL)
	b.Row = newConnectionRow(v, &list[i], held)
	b.Row.describe(v, d)
	if changed == nil {
		changed = &d.Settings
	}
	b.Form = newConnectionForm(v, changed, problem)
	b.Form.Credential[0].Hint = "Empty keeps the one that it has"
	here := toConnection(v, name)
	b.Form.Action, b.Check, b.Sync = here+"/save", here+"/check", v.Core.BasePath+connectionsPath+"/sync"
	if d.Settings.Webhooks {
		b.Rotate = here + "/rotate"
	}
	b.Facts = factsOf(d)
	b.Remove = &page.Ask{
		Word: "Disconnect", Of: name, Question: "Disconnect " + name + "? Its credential and webhooks are deleted, and its projects vanish from here. Their results are kept for keepRemovedDays: connecting again under the same name brings them back.",
		Yes: "Disconnect " + name, Action: here + "/remove",
	}
	return v.Show(status, connectionPage, name, b)
}

func factsOf(d *connected.Detail) []fact {
	x := &d.Settings
	whose := "an access token by itself"
	switch {
	case !d.HasCredential:
		whose = "none, or it cannot be read: give it again below"
	case x.App != "":
		whose = "from the Forge app, asked for each time"
	case d.Consumer != "":
		whose = "that of the OAuth consumer " + d.Consumer
	case d.User != "":
		whose = "that of the user " + d.User
	}
	publishes := []string{}
	if x.Reports {
		publishes = append(publishes, "Code Insights reports")
	}
	if x.BuildStatus {
		publishes = append(publishes, "build statuses")
	}
	if x.Comment {
		publishes = append(publishes, "a comment on the pull request")
	}
	signIn := "no"
	if x.SignIn {
		signIn = "with their account of this Bitbucket; they see here what they may see there"
	}
	list := []fact{
		{"Address", x.URL}, {"Credential", whose}, {"Repositories", patterns(x)}, {"Publishes", orNothing(strings.Join(publishes, " and "))}, {"People sign in", signIn},
	}
	for _, b := range d.Budgets {
		list = append(list, fact{"Calls this hour, " + b.Group, figure.Thousands(b.Used) + " of " + figure.Thousands(b.Limit)})
	}
	return list
}

// patterns says in words which repositories belong to a connection.
func patterns(x *connected.Settings) string {
	text := "all"
	if len(x.Include) > 0 {
		text = strings.Join(x.Include, ", ")
	}
	if len(x.Exclude) > 0 {
		text += ", but not " + strings.Join(x.Exclude, ", ")
	}
	var without []string
	for _, kind := range []struct {
		word string
		on   bool
	}{{"archived", x.Archived}, {"forks", x.Forks}, {"personal", x.Personal}} {
		if !kind.on {
			without = append(without, kind.word)
		}
	}
	if len(without) > 0 {
		text += "; without " + strings.Join(without, ", ")
	}
	return text
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// saveConnection changes the connection that the path names.
func (s *Pages) saveConnection(v *page.Visit) error {
	if s.Connecting == nil {
		return errKeepsNone
	}
	name, form := v.Request.PathValue("connection"), v.Request.PostForm
	x, problem := readConnection(form, connected.Settings{})
	var before connected.Settings
	credential := credentialOf(form)
	if problem == "" {
		_, err := s.Connecting.Change(v.Ctx(), name, func(old *connected.Settings) {
			// No form changes what gives the credentials.
			before, x.App = *old, old.App
			*old = x
		}, credential, form.Get("unchecked") == "")
		if errors.Is(err, db.ErrNotFound) {
			return page.NotFound("There is no connection to a Bitbucket with that name.")
		}
		if problem, err = refused(err); err != nil {
			return err
		}
	}
	if problem != "" {
		return s.showConnection(v, http.StatusBadRequest, &x, problem, &connectionBody{})
	}
	if err := v.Record("PUT /connections/{connectionId}", name, connected.Changed(&before, &x, credential != nil)); err != nil {
		return err
	}
	return v.Done(toConnection(v, name), "connection-saved")
}

// refused says to people why nothing is stored; empty if that is not why.
func refused(err error) (problem string, other error) {
	var invalid *connected.InvalidError
	var asked *connected.AskedError
	switch {
	case errors.As(err, &invalid):
		return "Nothing is stored: " + strings.ReplaceAll(err.Error(), "\n", "; ") + ".", nil
	case errors.As(err, &asked):
		return "The server was asked, and nothing is stored: " + err.Error() + ".", nil
	}
	return "", err
}

// checkConnection asks the server of a connection, and says what it answers.
func (s *Pages) checkConnection(v *page.Visit) error {
	if s.Connecting == nil {
		return errKeepsNone
	}
	name := v.Request.PathValue("connection")
	said, err := s.Connecting.Probe(v.Ctx(), name)
	var asked *connected.AskedError
	b := &connectionBody{}
	switch {
	case errors.Is(err, db.ErrNotFound):
		return page.NotFound("There is no connection to a Bitbucket with that name.")
	case errors.As(err, &asked):
		b.Said, b.Bad = "The check failed: "+err.Error()+".", true
	case err != nil:
		return err
	default:
		b.Said = said.Words() + "."
	}
	if err := v.Record("POST /connections/{connectionId}/check", name, ""); err != nil {
		return err
	}
	return s.showConnection(v, http.StatusOK, nil, "", b)
}

// rotateConnection gives the webhooks of a connection another secret.
func (s *Pages) rotateConnection(v *page.Visit) error {
	if s.Connecting == nil {
		return errKeepsNone
	}
	name := v.Request.PathValue("connection")
	switch err := s.Connecting.Rotate(v.Ctx(), name); {
	case errors.Is(err, db.ErrNotFound):
		return page.NotFound("There is no connection to a Bitbucket with that name.")
	case errors.Is(err, connected.ErrNoHooks):
		return s.showConnection(v, http.StatusBadRequest, nil, "", &connectionBody{Said: "It has no webhooks: switch them on first.", Bad: true})
	case err != nil:
		return err
	}
	if err := v.Record("POST /connections/{connectionId}/rotate", name, ""); err != nil {
		return err
	}
	return v.Done(toConnection(v, name), "connection-rotated")
}

// removeConnection removes a connection.
func (s *Pages) removeConnection(v *page.Visit) error {
	if s.Connecting == nil {
		return errKeepsNone
	}
	name := v.Request.PathValue("connection")
	done, err := s.Connecting.Disconnect(v.Ctx(), name)
	if errors.Is(err, db.ErrNotFound) {
		return v.Done(v.Core.BasePath+connectionsPath, "connection-gone")
	}
	if err != nil {
		return err
	}
	if err := v.Record("DELETE /connections/{connectionId}", name, done.Words()); err != nil {
		return err
	}
	if done.Left != "" {
		return v.Done(v.Core.BasePath+connectionsPath, "connection-left")
	}
	return v.Done(v.Core.BasePath+connectionsPath, "connection-removed")
}
