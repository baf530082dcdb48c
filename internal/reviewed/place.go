package reviewed

import (
	"errors"
	"maps"
	"slices"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
)

// Of are the reviews for one repository; Repository is 0 for those that are for all.
type Of struct {
	Repository int64
	Reviews    []reviews.NewReview
}

// Removals are the same texts, to be removed.
func (o *Of) Removals() []reviews.RemoveReview {
	list := make([]reviews.RemoveReview, len(o.Reviews))
	for i, r := range o.Reviews {
		list[i] = reviews.RemoveReview{Text: r.Text, Rule: r.Rule}
	}
	return list
}

// ByRepository sorts the rows of a file by their repositories, the global ones first. The caller must have the right to
// write to each of them; otherwise the error is a [FileError], and nothing may be changed. find returns db.ErrNotFound for
// a repository that the caller may not read.
func ByRepository(caller *access.Caller, list []reviews.NewReview, find func(key, slug string) (access.Place, error)) ([]Of, error) {
	of, ids, bad := map[int64][]reviews.NewReview{}, map[string]int64{"/": 0}, &FileError{}
	for _, r := range list {
		place := r.ProjectKey + "/" + r.Slug
		id, seen := ids[place]
		if !seen {
			at, err := find(r.ProjectKey, r.Slug)
			switch {
			case errors.Is(err, db.ErrNotFound):
				bad.add("file", "there is no repository %s", access.Shortened(place))
			case err != nil:
				return nil, err
			case !caller.MayWrite(at.Repository):
				bad.add("file", "%s may not write to %s", caller.Account.Name, access.Shortened(place))
			default:
				id = at.Repository.ID
			}
			ids[place] = id
			if len(bad.Rows) == maxProblems {
				break
			}
		}
		of[id] = append(of[id], r)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	var sorted []Of
	for _, id := range slices.Sorted(maps.Keys(of)) {
		sorted = append(sorted, Of{id, of[id]})
	}
	return sorted, nil
}
