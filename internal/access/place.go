package access

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Place is a repository with its project, a project, or, as the zero value, the instance.
type Place struct {
	// Project is nil for the instance. Repository is nil for the instance and for a project.
	Project    *catalog.Project
	Repository *catalog.Repository
}

// PlaceNamed is the repository with a slug, and its project, by name alone. That is enough for [Caller.May], as rights go by
// names.
func PlaceNamed(key, slug string) Place {
	return Place{Project: &catalog.Project{Key: key}, Repository: &catalog.Repository{ProjectKey: key, Slug: slug}}
}

// Catalog looks up projects and repositories. Both methods return db.ErrNotFound for what does not exist or is not
// visible.
type Catalog interface {
	Project(ctx context.Context, v *scope.Visible, key string) (*catalog.Project, error)
	Repository(ctx context.Context, v *scope.Visible, key, slug string) (*catalog.Repository, error)
}

// Places looks up projects and repositories. It is safe for concurrent use.
type Places struct{ catalog Catalog }

// NewPlaces returns Places over a catalog.
func NewPlaces(c Catalog) Places { return Places{c} }

// UnknownPlaceError says that a place does not exist or that the caller may not read it; callers cannot tell which. It
// matches db.ErrNotFound.
type UnknownPlaceError struct {
	// Key and Slug are the names that the caller gave. Slug is empty for a project.
	Key, Slug string
}

func (e *UnknownPlaceError) Error() string {
	if e.Slug != "" {
		return fmt.Sprintf("there is no repository %s/%s", e.Key, e.Slug)
	}
	return "there is no project " + e.Key
}

// Unwrap makes the error match db.ErrNotFound.
func (e *UnknownPlaceError) Unwrap() error { return db.ErrNotFound }

// Find returns the project with a key, and its repository with a slug unless the slug is empty. The case of names does
// not matter. The error is an [UnknownPlaceError] for what is not visible.
func (p Places) Find(ctx context.Context, v *scope.Visible, key, slug string) (at Place, err error) {
	at.Project, err = p.catalog.Project(ctx, v, key)
	if err == nil && slug != "" {
		at.Repository, err = p.catalog.Repository(ctx, v, key, slug)
	}
	if errors.Is(err, db.ErrNotFound) {
		err = &UnknownPlaceError{key, slug}
	}
	if err != nil {
		return Place{}, err
	}
	return at, nil
}

// FindNamed is Find for a name: the key of a project, or key/slug.
func (p Places) FindNamed(ctx context.Context, v *scope.Visible, name string) (Place, error) {
	key, slug, ofRepository := strings.Cut(name, "/")
	if ofRepository && slug == "" {
		return Place{}, &UnknownPlaceError{Key: name}
	}
	return p.Find(ctx, v, key, slug)
}

// Canonical returns the name of a place as the catalog writes it, whatever its case. A name without a visible place
// stays as it is, because roles and schedules may come before their place exists. "" is the instance.
func (p Places) Canonical(ctx context.Context, v *scope.Visible, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	at, err := p.FindNamed(ctx, v, name)
	if errors.Is(err, db.ErrNotFound) {
		return name, nil
	}
	return at.PlaceName(), err
}

// PlaceName returns the key of the project, or key/slug of the repository; "" for the instance.
func (at Place) PlaceName() string {
	switch {
	case at.Repository != nil:
		return at.Repository.ProjectKey + "/" + at.Repository.Slug
	case at.Project != nil:
		return at.Project.Key
	}
	return ""
}

// instanceWord is how people write the instance; the store writes "".
const instanceWord = "instance"

// placeName matches a project's key, or key/slug.
var placeName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^~?[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9._-]{1,128})?$`)
})

// ParsePlaceName reads the name of a place as people write it: instance, a project's key, or key/slug. It returns the
// name that the store uses, "" for the instance. The place need not exist.
func ParsePlaceName(text string) (string, error) {
	switch {
	case text == instanceWord:
		return "", nil
	case placeName().MatchString(text):
		return text, nil
	}
	return "", errors.New("it must be instance, a project's key, or key/slug")
}

// PlaceWord converts a name of the store to the form that people write.
func PlaceWord(name string) string {
	if name == "" {
		return instanceWord
	}
	return name
}
