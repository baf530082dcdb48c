package settings

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/forge"
	"github.com/sluice-scan/sluice/internal/store/installations"
)

// Installations are those of the Forge app; see the methods of installations.Installations. They are called by many
// requests at once.
type Installations interface {
	All(ctx context.Context) ([]installations.Installation, error)
	Claim(ctx context.Context, hash string, account int64) (installations.Installation, error)
	Confirm(ctx context.Context, id string, account int64) (installations.Installation, error)
	Deactivate(ctx context.Context, id, reason string) (bool, error)
	Remove(ctx context.Context, id string) (bool, error)
}

// Pairing connects workspaces in which the app was paired; see connected.Admin.
type Pairing interface {
	Pair(ctx context.Context, workspace, name string, confirm func() error) (string, error)
}

const forgePath = "/settings/forge"

// installationRow is an installation in the list. Nothing here knows its code or its secret.
type installationRow struct {
	Workspace, Environment, Installer, State, Class, Reason string
	Seen                                                    figure.Moment
	// Key is set if the caller has entered its code and may confirm it.
	Key string
	// CodeUntil is set while its code can be entered.
	CodeUntil figure.Moment
	// Deactivate and Remove are nil where they do nothing.
	Deactivate, Remove *page.Ask
}

// forgeBody is the page of the app.
type forgeBody struct {
	sectioned

	Rows []installationRow
	// Enter and Confirm are where these forms go. Problem is what is wrong with what was sent.
	Enter, Confirm, Problem string
}

var installationLooks = map[installations.State]figure.Look{
	installations.Pending: {Word: "Pending", Class: "old"}, installations.Active: {Word: "Active", Class: ""}, installations.Inactive: {Word: "Inactive", Class: "bad"},
}

func (s *Pages) forgeApp(v *page.Visit) error { return s.showForge(v, http.StatusOK, "") }

func (s *Pages) showForge(v *page.Visit, status int, problem string) error {
	b := forgeBody{
		sectioned: newSectioned(v, "Forge app", "Workspaces of Bitbucket Cloud in which the Sluice app is installed. Its page in Bitbucket shows a code; enter it here to connect the workspace."),
		Enter:     v.Core.BasePath + forgePath, Confirm: v.Core.BasePath + forgePath + "/confirm", Problem: problem,
	}
	list, err := s.Installations.All(v.Ctx())
	if err != nil {
		return err
	}
	for i := range list {
		b.Rows = append(b.Rows, newInstallationRow(v, &list[i]))
	}
	return v.Show(status, forgePage, "Forge app", b)
}

func newInstallationRow(v *page.Visit, i *installations.Installation) installationRow {
	look, id := installationLooks[i.State], forge.Key(i.ID)
	row := installationRow{
		Workspace: i.Workspace, Environment: strings.ToLower(i.Environment), Installer: i.Installer, State: look.Word, Class: look.Class, Reason: i.Reason,
		Seen: figure.Ago(i.Seen, v.Now), CodeUntil: figure.Ago(i.CodeUntil, v.Now),
	}
	if i.State == installations.Pending && i.ClaimedBy == v.Account.ID && !i.CodeUntil.IsZero() {
		row.Key = id
	}
	ask := page.Ask{Of: i.Workspace, Fields: [][2]string{{"installation", id}}}
	if i.State == installations.Active {
		ask.Word, ask.Question, ask.Yes, ask.Action = "Deactivate", "Deactivate the app in the workspace "+i.Workspace+"? Its repositories are not read any more until the workspace is paired again. Results stay.", "Deactivate it", v.Core.BasePath+forgePath+"/deactivate"
		row.Deactivate = &ask
	} else {
		ask.Word, ask.Question, ask.Yes, ask.Action = "Remove", "Remove this installation from the list? If the app is still installed, its page in Bitbucket brings it back.", "Remove it", v.Core.BasePath+forgePath+"/remove"
		row.Remove = &ask
	}
	return row
}

// enterCode takes the code that the page of the app shows.
func (s *Pages) enterCode(v *page.Visit) error {
	hash, ok := "", false
	if s.Hash != nil {
		hash, ok = forge.CodeHash(s.Hash, v.Request.PostForm.Get("code"))
	}
	if !ok {
		return s.showForge(v, http.StatusBadRequest, "A pairing code has eight letters and digits, such as ABCD-EFGH.")
	}
	i, err := s.Installations.Claim(v.Ctx(), hash, v.Account.ID)
	if errors.Is(err, installations.ErrTooMany) {
		// People must hear of somebody who guesses.
		if err := v.Record("forge.pairing.refused", "", "too many tries"); err != nil {
			return err
		}
	}
	if problem := pairingProblem(err); problem != "" {
		return s.showForge(v, http.StatusConflict, problem)
	}
	if err != nil {
		return err
	}
	if err := v.Record("POST /forge/pairing", "", "workspace "+i.Workspace); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+forgePath, "forge-entered")
}

// pairingProblem is the text for people about an error that they caused; empty for any other error.
func pairingProblem(err error) string {
	var invalid *connected.InvalidError
	switch {
	case errors.Is(err, installations.ErrTooMany), errors.Is(err, installations.ErrClaimed), errors.Is(err, installations.ErrCode), errors.As(err, &invalid):
		text := err.Error()
		return strings.ToUpper(text[:1]) + text[1:] + "."
	}
	return ""
}

// installation finds the installation of a form.
func (s *Pages) installation(v *page.Visit) (*installations.Installation, error) {
	list, err := s.Installations.All(v.Ctx())
	if err != nil {
		return nil, err
	}
	for i := range list {
		if forge.Key(list[i].ID) == v.Request.PostForm.Get("installation") {
			return &list[i], nil
		}
	}
	return nil, page.BadRequest("There is no such installation any longer. Load the page again.")
}

func (s *Pages) confirmPairing(v *page.Visit) error {
	i, err := s.installation(v)
	if err != nil {
		return err
	}
	confirm := func() error {
		_, err := s.Installations.Confirm(v.Ctx(), i.ID, v.Account.ID)
		return err
	}
	name := ""
	if s.Pairing == nil {
		err = confirm()
	} else {
		name, err = s.Pairing.Pair(v.Ctx(), i.Workspace, strings.TrimSpace(v.Request.PostForm.Get("connection")), confirm)
	}
	if problem := pairingProblem(err); problem != "" {
		return s.showForge(v, http.StatusConflict, problem)
	}
	if err != nil {
		return err
	}
	if err := v.Record("POST /forge/installations/{installationId}/confirm", forge.Key(i.ID), "workspace "+i.Workspace+" connection "+name); err != nil {
		return err
	}
	if name == "" {
		return v.Done(v.Core.BasePath+forgePath, "forge-paired")
	}
	return v.Done(toConnection(v, name), "connection-added")
}

func (s *Pages) deactivateApp(v *page.Visit) error {
	return s.changeApp(v, "POST /forge/installations/{installationId}/deactivate", "forge-inactive", func(id string) error {
		_, err := s.Installations.Deactivate(v.Ctx(), id, forge.ByAdministrator)
		return err
	})
}

func (s *Pages) removeApp(v *page.Visit) error {
	return s.changeApp(v, "DELETE /forge/installations/{installationId}", "forge-removed", func(id string) error {
		done, err := s.Installations.Remove(v.Ctx(), id)
		if err == nil && !done {
			err = page.BadRequest("The installation is active: deactivate it first.")
		}
		return err
	})
}

func (s *Pages) changeApp(v *page.Visit, action, said string, do func(id string) error) error {
	i, err := s.installation(v)
	if err == nil {
		err = do(i.ID)
	}
	if err != nil {
		return err
	}
	if err := v.Record(action, forge.Key(i.ID), "workspace "+i.Workspace); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+forgePath, said)
}
