package connected

import "context"

// These methods are those of [Admin], for a running server: what they change is seen at once.

// Detail describes a connection; see [Admin.Detail].
func (s *Set) Detail(ctx context.Context, name string) (*Detail, error) { return s.o.Detail(ctx, name) }

// Details describes all connections; see [Admin.Details].
func (s *Set) Details(ctx context.Context) (map[string]*Detail, error) { return s.o.Details(ctx) }

// Add adds a connection; see [Admin.Add].
func (s *Set) Add(ctx context.Context, name string, x *Settings, c *Credential, check bool) (Said, error) {
	said, err := s.o.Add(ctx, name, x, c, check)
	return said, s.after(ctx, err)
}

// Change changes a connection; see [Admin.Change].
func (s *Set) Change(ctx context.Context, name string, change func(s *Settings), c *Credential, check bool) (Said, error) {
	said, err := s.o.Change(ctx, name, change, c, check)
	return said, s.after(ctx, err)
}

// Probe asks the server of a connection; see [Admin.Probe].
func (s *Set) Probe(ctx context.Context, name string) (Said, error) { return s.o.Probe(ctx, name) }

// Rotate gives the webhooks of a connection another secret; see [Admin.Rotate].
func (s *Set) Rotate(ctx context.Context, name string) error {
	return s.after(ctx, s.o.Rotate(ctx, name))
}

// Disconnect removes a connection; see [Admin.Disconnect].
func (s *Set) Disconnect(ctx context.Context, name string) (Removed, error) {
	done, err := s.o.Disconnect(ctx, name)
	return done, s.after(ctx, err)
}

// Pair connects a workspace; see [Admin.Pair].
func (s *Set) Pair(ctx context.Context, workspace, name string, confirm func() error) (string, error) {
	name, err := s.o.Pair(ctx, workspace, name, confirm)
	return name, s.after(ctx, err)
}

// after takes over a change.
func (s *Set) after(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	defer s.Wakeup()
	return s.Reload(ctx)
}

// Reload reads from the database what [Set.Connections] lists. A running set does that by itself, every second.
func (s *Set) Reload(ctx context.Context) error {
	rows, err := s.o.Store.Connections.Remotes(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.rows = rows
	s.mu.Unlock()
	return nil
}
