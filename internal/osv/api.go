package osv

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

const (
	// maxBatch is the number of queries that one call of querybatch accepts; maxAtOnce is the number of records fetched in
	// parallel.
	maxBatch  = 1000
	maxAtOnce = 16
	// maxPages limits the pages of one scan, so that an API that always announces another page cannot block it.
	maxPages = 100
)

// API asks api.osv.dev about the packages of a scan; it sends their names and versions. It implements sca.Advisories and
// is safe for concurrent use. It receives only the advisories that affect the version of a package, so a fix can only
// come from one of those.
type API struct {
	Client  *Client
	Timeout time.Duration
	Now     func() time.Time

	mu      sync.Mutex
	records map[string]*advisory.Record
}

// query is one package. The field names come from the API.
type query struct {
	Package   queryPackage `json:"package"`
	Version   string       `json:"version"`
	PageToken string       `json:"page_token,omitempty"`
}

type queryPackage struct {
	Name      string `json:"name"`
	Ecosystem string `json:"ecosystem"`
}

// asked is a query for one or more packages of the scan.
type asked struct {
	query
	packages []int
}

// Find implements sca.Advisories.
func (a *API) Find(ctx context.Context, packages []scan.Package) (sca.Found, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	ids := make([][]string, len(packages))
	open := queries(packages)
	for page := 0; len(open) > 0; page++ {
		if page == maxPages*(1+len(packages)/maxBatch) {
			return sca.Found{}, fmt.Errorf("the API answers with ever more pages; try again later, or use an advisory file (DB)")
		}
		batch := open[:min(len(open), maxBatch)]
		more, err := a.ask(ctx, batch, ids)
		if err != nil {
			return sca.Found{}, err
		}
		open = append(open[len(batch):], more...)
	}
	if err := a.fetch(ctx, ids); err != nil {
		return sca.Found{}, err
	}
	found := sca.Found{Advisories: make([][]advisory.Advisory, len(packages)), Date: a.Now().UTC().Truncate(24 * time.Hour)}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range packages {
		p := &packages[i]
		slices.Sort(ids[i])
		for _, id := range slices.Compact(ids[i]) {
			record := a.records[id]
			if record == nil || record.Withdrawn {
				continue
			}
			for _, affected := range record.Affected {
				if affected.Ecosystem == p.Ecosystem && affected.Name == p.Ecosystem.Normal(p.Name) {
					found.Advisories[i] = append(found.Advisories[i], affected.Advisory)
				}
			}
		}
	}
	return found, nil
}

// queries makes one query per package and version.
func queries(packages []scan.Package) []asked {
	var list []asked
	at := map[query]int{}
	for i := range packages {
		p := &packages[i]
		q := query{Package: queryPackage{Name: cmp.Or(p.Ecosystem.Normal(p.Name), p.Name), Ecosystem: string(p.Ecosystem)}, Version: p.Version}
		k, ok := at[q]
		if !ok {
			k = len(list)
			at[q] = k
			list = append(list, asked{query: q})
		}
		list[k].packages = append(list[k].packages, i)
	}
	return list
}

// ask makes one call and adds the ids of its results, which are in the order of the queries. It returns the queries that
// have more pages.
func (a *API) ask(ctx context.Context, batch []asked, ids [][]string) (more []asked, err error) {
	var body struct {
		Queries []query `json:"queries"`
	}
	for i := range batch {
		body.Queries = append(body.Queries, batch[i].query)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	data, err := a.Client.call(ctx, http.MethodPost, "/v1/querybatch", string(text))
	if err != nil {
		return nil, err
	}
	var answer struct {
		Results []struct {
			Vulns []struct {
				ID string `json:"id"`
			} `json:"vulns"`
			NextPageToken string `json:"next_page_token"`
		} `json:"results"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("the answer to /v1/querybatch is not JSON of the form that the API promises")
	}
	if len(answer.Results) != len(batch) {
		return nil, fmt.Errorf("the API answered %d of %d queries", len(answer.Results), len(batch))
	}
	for i, result := range answer.Results {
		for _, v := range result.Vulns {
			for _, p := range batch[i].packages {
				ids[p] = append(ids[p], v.ID)
			}
		}
		if result.NextPageToken != "" {
			next := batch[i]
			next.PageToken = result.NextPageToken
			more = append(more, next)
		}
	}
	return more, nil
}

// fetch fetches the records that are not cached yet.
func (a *API) fetch(ctx context.Context, ids [][]string) error {
	a.mu.Lock()
	if a.records == nil {
		a.records = map[string]*advisory.Record{}
	}
	var missing []string
	for _, list := range ids {
		for _, id := range list {
			if _, ok := a.records[id]; !ok {
				a.records[id] = nil
				missing = append(missing, id)
			}
		}
	}
	a.mu.Unlock()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxAtOnce)
	for _, id := range missing {
		group.Go(func() error {
			data, err := a.Client.call(ctx, http.MethodGet, "/v1/vulns/"+url.PathEscape(id), "")
			if err != nil {
				return err
			}
			record, err := advisory.ParseRecord(data)
			if err != nil {
				return fmt.Errorf("the advisory %s: %w", id, err)
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			a.records[id] = record
			return nil
		})
	}
	err := group.Wait()
	if err != nil {
		// The next Find asks for them again.
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, id := range missing {
			if a.records[id] == nil {
				delete(a.records, id)
			}
		}
	}
	return err
}
