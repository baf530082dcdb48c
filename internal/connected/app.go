package connected

import (
	"context"
	"errors"
	"fmt"

	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Apps gives the credentials of workspaces in which the Forge app is installed. Workspaces are named by their uuid, without
// braces. It is safe for concurrent use.
type Apps interface {
	// Source returns the source of credentials for a workspace.
	Source(workspace string) credential.Source
	// Inactive says why a workspace gives no credentials; empty while it does.
	Inactive(ctx context.Context, workspace string) (reason string, err error)
}

// errNoApp means that this program cannot ask the Forge app.
var errNoApp = errors.New("its credentials come from the Forge app, which only a server can ask: start it with --forge-app")

// Pair connects a workspace in which the Forge app was installed, and returns the name of the connection. It calls confirm
// when nothing speaks against it. A connection of that name goes on with the credentials of the app, and loses its own; so
// does the one that the workspace had before. Without either, a new one is made; an empty name takes one made from the uuid
// of the workspace. The error is an [InvalidError], or that of confirm.
func (a *Admin) Pair(ctx context.Context, workspace, name string, confirm func() error) (string, error) {
	name, s, err := a.pairing(ctx, workspace, name)
	if err != nil {
		return "", err
	}
	if err := confirm(); err != nil {
		return "", err
	}
	if _, err := a.Put(ctx, name, s, nil); err != nil {
		return "", fmt.Errorf("the workspace is paired, and its connection could not be stored; deactivate the installation and pair it again: %w", err)
	}
	return name, nil
}

func (a *Admin) pairing(ctx context.Context, workspace, name string) (string, *Settings, error) {
	rows, err := a.Store.Connections.Remotes(ctx)
	if err != nil {
		return "", nil, err
	}
	for i := range rows {
		s, err := ParseSettings(rows[i].Settings)
		if err != nil {
			continue
		}
		switch {
		case s.App == workspace && (name == "" || name == rows[i].Name):
			return rows[i].Name, &s, nil
		case s.App == workspace:
			return "", nil, &InvalidError{fmt.Errorf("the workspace is connected as %s", rows[i].Name)}
		}
	}
	if name == "" {
		name = "workspace-" + workspace[:min(len(workspace), 8)]
	}
	s := &Settings{URL: cloudSite + "/{" + workspace + "}", App: workspace}
	row, err := a.Store.Connections.Remote(ctx, name)
	switch {
	case errors.Is(err, db.ErrNotFound):
	case err != nil:
		return "", nil, err
	default:
		old, err := ParseSettings(row.Settings)
		if err != nil {
			return "", nil, err
		}
		if !old.Cloud() || old.App != "" {
			return "", nil, &InvalidError{fmt.Errorf("the connection %s is not one to this workspace", name)}
		}
		s = &old
		s.App, s.Webhooks = workspace, false
	}
	if err := errors.Join(CheckName(name), s.Check()); err != nil {
		return "", nil, &InvalidError{err}
	}
	return name, s, nil
}

// rest makes the connections of workspaces INACTIVE whose app gives no credentials any more.
func (s *Set) rest(ctx context.Context) error {
	if s.o.App == nil {
		return nil
	}
	s.mu.Lock()
	var list []*member
	for _, m := range s.members {
		if m.settings.App != "" && m.current().Inactive == "" {
			list = append(list, m)
		}
	}
	s.mu.Unlock()
	for _, m := range list {
		reason, err := s.o.App.Inactive(ctx, m.settings.App)
		if err != nil {
			return err
		}
		if reason == "" {
			continue
		}
		row := m.current()
		done, err := s.o.Store.Connections.Rest(ctx, row.ID, row.Revision, reason)
		if err != nil {
			return err
		}
		if done {
			m.log.Warn("the connection is inactive", "reason", reason)
			row.Inactive = reason
			m.update(&row)
		}
	}
	return nil
}
