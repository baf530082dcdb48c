package insights

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// Client calls the reports API of one Bitbucket. It is safe for concurrent use. Errors are those of package bitbucket;
// use errors.Is with bitbucket.ErrNotFound and the others.
type Client struct{ api *bitbucket.Client }

// NewClient returns a client that uses an authenticated connection.
func NewClient(api *bitbucket.Client) *Client { return &Client{api: api} }

// Product returns the kind of Bitbucket that the client talks to.
func (c *Client) Product() bitbucket.Product { return c.api.Product() }

func (c *Client) cloud() bool { return c.api.Product() == bitbucket.Cloud }

// maxListPages limits the pages of one list: 1,000 annotations are 10 pages.
const maxListPages = 50

// commitPath is the path of the commit to which reports belong. Cloud says "commit", Data Center "commits".
func (c *Client) commitPath(ref Ref) string {
	if c.cloud() {
		return "/repositories" + bitbucket.Path(ref.Workspace, ref.Repository, "commit", ref.Commit)
	}
	return "/rest/insights/latest/projects" + bitbucket.Path(ref.Workspace, "repos", ref.Repository, "commits", ref.Commit)
}

func (c *Client) reportPath(ref Ref, report string, more ...string) string {
	return c.commitPath(ref) + "/reports" + bitbucket.Path(append([]string{report}, more...)...)
}

// PutReport creates the report, or replaces the one with the same id, and returns it as Bitbucket stored it. It does not
// send the annotations.
func (c *Client) PutReport(ctx context.Context, ref Ref, r *Report) (Report, error) {
	request := bitbucket.Request{Method: http.MethodPut, Path: c.reportPath(ref, r.ID)}
	if c.cloud() {
		var stored cloudReport
		request.Body, request.Out = toCloudReport(r), &stored
		err := c.api.Do(ctx, request)
		return stored.report(), err
	}
	var stored dcReport
	request.Body, request.Out = toDCReport(r), &stored
	err := c.api.Do(ctx, request)
	return stored.report(), err
}

// Report reads one report by its external id or, on Cloud, by its UUID in braces.
func (c *Client) Report(ctx context.Context, ref Ref, id string) (Report, error) {
	request := bitbucket.Request{Method: http.MethodGet, Path: c.reportPath(ref, id)}
	if c.cloud() {
		var stored cloudReport
		request.Out = &stored
		err := c.api.Do(ctx, request)
		return stored.report(), err
	}
	var stored dcReport
	request.Out = &stored
	err := c.api.Do(ctx, request)
	return stored.report(), err
}

// Reports lists the reports of a commit in Bitbucket's order. A commit without reports gives an empty list and no error.
func (c *Client) Reports(ctx context.Context, ref Ref) ([]Report, error) {
	var reports []Report
	err := c.api.Pages(ctx, c.commitPath(ref)+"/reports", nil, maxListPages, func(raw json.RawMessage) error {
		if c.cloud() {
			var stored cloudReport
			if err := json.Unmarshal(raw, &stored); err != nil {
				return fmt.Errorf("read a report of the list: %w", err)
			}
			reports = append(reports, stored.report())
			return nil
		}
		var stored dcReport
		if err := json.Unmarshal(raw, &stored); err != nil {
			return fmt.Errorf("read a report of the list: %w", err)
		}
		reports = append(reports, stored.report())
		return nil
	})
	return reports, err
}

// DeleteReport deletes a report and its annotations. A missing report is not an error: Cloud has answered both 204 and
// 404 to that.
func (c *Client) DeleteReport(ctx context.Context, ref Ref, id string) error {
	return ignoreNotFound(c.api.Do(ctx, bitbucket.Request{Method: http.MethodDelete, Path: c.reportPath(ref, id)}))
}

// PutAnnotation creates or replaces one annotation.
func (c *Client) PutAnnotation(ctx context.Context, ref Ref, report string, a *Annotation) error {
	request := bitbucket.Request{Method: http.MethodPut, Path: c.reportPath(ref, report, "annotations", a.ID)}
	if c.cloud() {
		request.Body = toCloudAnnotation(a)
	} else {
		request.Body = toDCAnnotation(a)
	}
	return c.api.Do(ctx, request)
}

// PostAnnotations creates or replaces at most MaxBulk annotations. On Data Center it only creates: posting an id that
// already exists makes a second annotation.
func (c *Client) PostAnnotations(ctx context.Context, ref Ref, report string, annotations []Annotation) error {
	if len(annotations) > MaxBulk {
		return fmt.Errorf("%d annotations are more than the %d of one call", len(annotations), MaxBulk)
	}
	request := bitbucket.Request{Method: http.MethodPost, Path: c.reportPath(ref, report, "annotations")}
	if c.cloud() {
		list := make([]cloudAnnotation, len(annotations))
		for i := range annotations {
			list[i] = toCloudAnnotation(&annotations[i])
		}
		request.Body = list
		return c.api.Do(ctx, request)
	}
	list := make([]dcAnnotation, len(annotations))
	for i := range annotations {
		list[i] = toDCAnnotation(&annotations[i])
	}
	request.Body = map[string][]dcAnnotation{"annotations": list}
	return c.api.Do(ctx, request)
}

// Annotation reads one annotation by its external id or, on Cloud, by its UUID in braces.
func (c *Client) Annotation(ctx context.Context, ref Ref, report, id string) (Annotation, error) {
	if c.cloud() {
		var stored cloudAnnotation
		err := c.api.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: c.reportPath(ref, report, "annotations", id), Out: &stored})
		return stored.annotation(), err
	}
	list, err := c.dataCenterAnnotations(ctx, c.commitPath(ref)+"/annotations", url.Values{"key": {report}, "externalId": {id}})
	if err != nil {
		return Annotation{}, err
	}
	for i := range list {
		if list[i].ExternalID == id {
			return list[i].annotation(), nil
		}
	}
	return Annotation{}, fmt.Errorf("annotation %s of report %s: %w", id, report, bitbucket.ErrNotFound)
}

// Annotations lists the annotations of a report in Bitbucket's order, which Bitbucket does not guarantee.
func (c *Client) Annotations(ctx context.Context, ref Ref, report string) ([]Annotation, error) {
	var annotations []Annotation
	if !c.cloud() {
		list, err := c.dataCenterAnnotations(ctx, c.reportPath(ref, report, "annotations"), nil)
		for i := range list {
			annotations = append(annotations, list[i].annotation())
		}
		return annotations, err
	}
	err := c.api.Pages(ctx, c.reportPath(ref, report, "annotations"), nil, maxListPages, func(raw json.RawMessage) error {
		var stored cloudAnnotation
		if err := json.Unmarshal(raw, &stored); err != nil {
			return fmt.Errorf("read an annotation of the list: %w", err)
		}
		annotations = append(annotations, stored.annotation())
		return nil
	})
	return annotations, err
}

func (c *Client) dataCenterAnnotations(ctx context.Context, path string, query url.Values) ([]dcAnnotation, error) {
	var answer struct {
		Annotations []dcAnnotation `json:"annotations"`
	}
	err := c.api.Do(ctx, bitbucket.Request{Method: http.MethodGet, Path: path, Query: query, Out: &answer})
	return answer.Annotations, err
}

// deleteChunk is the number of ids that one call to Data Center carries in its query.
const deleteChunk = 50

// DeleteAnnotations deletes annotations by their external ids. Missing ids are not an error.
func (c *Client) DeleteAnnotations(ctx context.Context, ref Ref, report string, ids ...string) error {
	if c.cloud() {
		for _, id := range ids {
			if err := ignoreNotFound(c.api.Do(ctx, bitbucket.Request{Method: http.MethodDelete, Path: c.reportPath(ref, report, "annotations", id)})); err != nil {
				return err
			}
		}
		return nil
	}
	for len(ids) > 0 {
		n := min(len(ids), deleteChunk)
		query := url.Values{"externalId": ids[:n]}
		ids = ids[n:]
		if err := ignoreNotFound(c.api.Do(ctx, bitbucket.Request{Method: http.MethodDelete, Path: c.reportPath(ref, report, "annotations"), Query: query})); err != nil {
			return err
		}
	}
	return nil
}

func ignoreNotFound(err error) error {
	if errors.Is(err, bitbucket.ErrNotFound) {
		return nil
	}
	return err
}
