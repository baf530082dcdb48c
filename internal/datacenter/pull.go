package datacenter

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
)

// pullRow is a pull request.
type pullRow struct {
	ID      int    `json:"id"`
	FromRef refRow `json:"fromRef"`
	ToRef   refRow `json:"toRef"`
}

// Destination returns the number of an open pull request from a branch of a repository, and the branch into which it
// goes; 0 and empty if there is none. Of several within the repository, the oldest counts.
func (c *Connection) Destination(ctx context.Context, at connection.Location, branch string) (number int, name string, err error) {
	query := url.Values{"state": {"OPEN"}, "direction": {"OUTGOING"}, "at": {"refs/heads/" + branch}, "limit": {"100"}}
	err = c.o.Client.Pages(ctx, api+"/projects"+bitbucket.Path(at.Project, "repos", at.Slug, "pull-requests"), query, maxPages, func(raw json.RawMessage) error {
		var p pullRow
		// What is no pull request names no branch.
		_ = json.Unmarshal(raw, &p)
		if p.FromRef.ID != "refs/heads/"+branch || p.ToRef.Repository == nil || strconv.Itoa(p.ToRef.Repository.ID) != at.ID {
			return nil
		}
		if to, ok := connection.BranchName(p.ToRef.ID); ok && (name == "" || p.ID < number) {
			number, name = p.ID, to
		}
		return nil
	})
	return number, name, err
}
