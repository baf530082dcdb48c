package cloud

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/sluice-scan/sluice/internal/connection"
)

// pullRow is a pull request.
type pullRow struct {
	ID          int     `json:"id"`
	Source      sideRow `json:"source"`
	Destination sideRow `json:"destination"`
}

const pullFields = "next,values.id,values.source.branch.name,values.source.repository.uuid,values.destination.branch.name"

// Destination returns the number of an open pull request from a branch of a repository, and the branch into which it
// goes; 0 and empty if there is none. Of several within the repository, the oldest counts.
func (c *Connection) Destination(ctx context.Context, at connection.Location, branch string) (number int, name string, err error) {
	query := url.Values{"q": {"source.branch.name=" + strconv.Quote(branch)}, "state": {"OPEN"}, "fields": {pullFields}}
	err = c.o.Client.Pages(ctx, c.repositoryPath(at.ID, "pullrequests"), query, maxPages, func(raw json.RawMessage) error {
		var p pullRow
		// What is no pull request names no branch.
		_ = json.Unmarshal(raw, &p)
		if from := p.Source; from.Branch.Name != branch || from.Repository == nil || from.Repository.UUID != at.ID {
			return nil
		}
		if to, ok := connection.BranchName("refs/heads/" + p.Destination.Branch.Name); ok && (name == "" || p.ID < number) {
			number, name = p.ID, to
		}
		return nil
	})
	return number, name, err
}
