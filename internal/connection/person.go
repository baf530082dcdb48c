package connection

import "context"

type personKey struct{}

// WithPerson says for whom a connection is used, so that what it costs is counted for that person.
func WithPerson(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, personKey{}, name)
}

// PersonOf returns what WithPerson said; empty for the server itself.
func PersonOf(ctx context.Context) string {
	name, _ := ctx.Value(personKey{}).(string)
	return name
}
