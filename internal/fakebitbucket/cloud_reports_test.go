package fakebitbucket_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

func TestCloudReportLifecycle(t *testing.T) {
	t.Parallel()
	now := newClock()
	server, c := start(t, fakebitbucket.WithClock(now.read))

	c.want(404, "GET", report, "")
	created := c.want(200, "PUT", report, `{"title":"Sluice","details":"d","report_type":"SECURITY","external_id":"sluice-security",
		"reporter":"sluice","link":"https://example.com/r","logo_url":"https://example.com/l.png","result":"PENDING","remote_link_enabled":true,
		"data":[{"title":"Duration","type":"DURATION","value":4200},{"title":"Report","type":"LINK","value":{"text":"Open","href":"https://example.com"}}]}`).json(t)
	require.Equal(t, "2026-08-01T12:00:00.123456789Z", created["created_on"])
	require.Equal(t, "report", created["type"])
	require.Equal(t, true, created["remote_link_enabled"])

	now.now = now.now.Add(time.Minute)
	updated := c.want(200, "PUT", report, doneReport).json(t)
	require.Equal(t, "2026-08-01T12:00:00.123456789Z", updated["created_on"])
	require.Equal(t, "2026-08-01T12:01:00.123456789Z", updated["updated_on"])
	require.Equal(t, created["uuid"], updated["uuid"])
	require.Empty(t, updated["data"], "PUT replaces")

	uuid := created["uuid"].(string)
	require.Regexp(t, `^\{[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\}$`, uuid)
	byUUID := c.want(200, "GET", reports+"/"+url.PathEscape(uuid), "").json(t)
	require.Equal(t, "sluice-security", byUUID["external_id"])
	c.want(200, "PUT", reports+"/"+url.PathEscape(uuid), doneReport)
	c.want(404, "PUT", reports+"/"+url.PathEscape("{00000000-0000-5000-8000-000000000000}"), doneReport)

	c.want(200, "POST", annots, bulk(0, 3))
	require.Empty(t, c.want(204, "DELETE", report, "").body)
	c.want(404, "GET", annots, "")
	require.Equal(t, uuid, c.want(200, "PUT", report, goodReport).json(t)["uuid"], "a re-created report gets its UUID back")
	require.Empty(t, server.Annotations(commit, "sluice-security"))

	require.Equal(t, []string{"PENDING", "FAILED", "-", "PENDING"}, server.States(commit, "sluice-security"))
	require.True(t, server.EverMissing(commit, "sluice-security"))
	require.Equal(t, 3, server.MostAnnotations(commit, "sluice-security"))
}

func TestCloudReportRefusals(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	with := func(fields string) string {
		return `{"title":"Sluice","details":"d","report_type":"SECURITY",` + fields + `}`
	}
	item := func(typed, value string) string {
		return with(`"data":[{"title":"T","type":"` + typed + `","value":` + value + `}]`)
	}
	long := func(n int) string { return strings.Repeat("é", n) }
	for name, test := range map[string]struct{ body, message string }{
		"no-title":            {`{"details":"d","report_type":"BUG"}`, "The title field is required and cannot be empty."},
		"blank-title":         {`{"title":" ","details":"d","report_type":"BUG"}`, "The title field is required and cannot be empty."},
		"no-details":          {`{"title":"t","report_type":"BUG"}`, "The details field is required and cannot be empty."},
		"no-report-type":      {`{"title":"t","details":"d"}`, "The report_type field is required and cannot be empty."},
		"long-title":          {`{"title":"` + long(451) + `","details":"d","report_type":"BUG"}`, "The title field cannot contain more than 450 characters."},
		"long-details":        {`{"title":"t","details":"` + long(2001) + `","report_type":"BUG"}`, "The details field cannot contain more than 2000 characters."},
		"unknown-report-type": {`{"title":"t","details":"d","report_type":"LINT"}`, "The report_type field must be one of SECURITY, COVERAGE, TEST, BUG."},
		"data-center-result":  {with(`"result":"PASS"`), "The result field must be one of PASSED, FAILED, PENDING."},
		"empty-link":          {with(`"link":""`), "The link field must be a valid HTTP or HTTPS URL."},
		"ftp-link":            {with(`"link":"ftp://example.com"`), "The link field must be a valid HTTP or HTTPS URL."},
		"relative-link":       {with(`"link":"/builds/1"`), "The link field must be a valid HTTP or HTTPS URL."},
		"localhost-link":      {with(`"link":"http://localhost:8080/"`), "The link field must be a public URL."},
		"loopback-link":       {with(`"link":"http://127.0.0.1/"`), "The link field must be a public URL."},
		"loopback6-logo":      {with(`"logo_url":"https://[::1]/l.png"`), "The logo_url field must be a public URL."},
		"other-external-id":   {with(`"external_id":"else"`), "The external_id field must be the id in the path."},
		"eleven-data":         {with(`"data":[` + strings.Repeat(`{"title":"T","value":1},`, 10) + `{"title":"T","value":1}]`), "The data field cannot contain more than 10 items."},
		"data-without-title":  {with(`"data":[{"value":1}]`), "The data.title field is required and cannot be empty."},
		"data-without-value":  {with(`"data":[{"title":"T"}]`), `The value of the data item "T" does not fit its type (none).`},
		"data-string-type":    {item("STRING", `"x"`), "The data.type field must be one of BOOLEAN, DATE, DURATION, LINK, NUMBER, PERCENTAGE, TEXT."},
		"data-untyped-object": {with(`"data":[{"title":"T","value":{}}]`), `The value of the data item "T" does not fit its type (none).`},
		"data-boolean-text":   {item("BOOLEAN", `"true"`), `The value of the data item "T" does not fit its type BOOLEAN.`},
		"data-number-text":    {item("NUMBER", `"1"`), `The value of the data item "T" does not fit its type NUMBER.`},
		"data-duration-text":  {item("DURATION", `"1s"`), `The value of the data item "T" does not fit its type DURATION.`},
		"data-date-text":      {item("DATE", `"2026-08-01T00:00:00Z"`), `The value of the data item "T" does not fit its type DATE.`},
		"data-percentage-101": {item("PERCENTAGE", `101`), `The value of the data item "T" does not fit its type PERCENTAGE.`},
		"data-text-number":    {item("TEXT", `1`), `The value of the data item "T" does not fit its type TEXT.`},
		"data-link-linktext":  {item("LINK", `{"linktext":"x","href":"https://example.com"}`), `The value of the LINK "T" must be an object with text and href.`},
		"data-link-string":    {item("LINK", `"https://example.com"`), `The value of the LINK "T" must be an object with text and href.`},
		"data-link-local":     {item("LINK", `{"text":"x","href":"http://localhost/"}`), "The data.value.href field must be a public URL."},
		"title-number":        {`{"title":7,"details":"d","report_type":"BUG"}`, "The title field has the wrong type: number."},
		"no-json":             {`title=x`, "The request body is not valid JSON."},
		"two-values":          {goodReport + goodReport, "The request body is not valid JSON."},
		"array":               {`[]`, "The root field has the wrong type: array."},
		"nul":                 {`{"title":"a\u0000b","details":"d","report_type":"BUG"}`, "The title field contains an invalid character."},
		"invalid-utf8":        {"{\"title\":\"\xff\"}", "The request body is not valid UTF-8."},
		"wrong-case":          {with(`"Logo_URL":"https://example.com/l"`), "The Logo_URL field is unknown."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.want(http.StatusBadRequest, "PUT", reports+"/"+name, test.body).json(t)
			require.Equal(t, map[string]any{
				"key": "report-service.general.bad-request", "message": test.message, "arguments": map[string]any{},
			}, got)
		})
	}
	require.Equal(t, "The request body is missing.", c.want(400, "PUT", report, "", "Content-Type", "application/json").json(t)["message"])
	c.want(415, "PUT", report, goodReport, "Content-Type", "text/plain")
}

func TestCloudReportAcceptsEdges(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	for name, body := range map[string]string{
		// U+1F600 counts as two characters.
		"title-450-units": `{"title":"` + strings.Repeat("\U0001F600", 225) + `","details":"` + strings.Repeat("é", 2000) + `","report_type":"TEST"}`,
		"ten-data":        `{"title":"t","details":"d","report_type":"COVERAGE","data":[` + strings.Repeat(`{"title":"T","value":"x"},`, 9) + `{"title":"T","value":true}]}`,
		"no-data":         `{"title":"t","details":"d","report_type":"BUG","data":[]}`,
		"null-fields":     `{"title":"t","details":"d","report_type":"BUG","link":null,"data":null,"result":null}`,
		"every-type": `{"title":"t","details":"d","report_type":"SECURITY","data":[{"title":"a","type":"BOOLEAN","value":false},
			{"title":"b","type":"DATE","value":1754000000000},{"title":"c","type":"DURATION","value":0},{"title":"d","type":"PERCENTAGE","value":99.5},
			{"title":"e","type":"NUMBER","value":1e6},{"title":"f","type":"TEXT","value":""},{"title":"g","value":1}]}`,
		"unknown-field": `{"title":"t","details":"d","report_type":"BUG","created_on":"x","colour":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.want(200, "PUT", reports+"/"+name, body)
		})
	}
}

func TestCloudReportIDs(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	c.want(200, "PUT", reports+"/"+strings.Repeat("a", 450), goodReport)
	c.want(400, "PUT", reports+"/"+strings.Repeat("a", 451), goodReport)
	c.want(400, "PUT", reports+"/a%2Fb", goodReport)
	c.want(404, "PUT", reports+"/a/b", goodReport)
	c.want(405, "POST", report, goodReport)
	require.Equal(t, "DELETE, GET, PUT", c.do("POST", report, goodReport).header.Get("Allow"))
}

func TestCloudBehaviourOfReports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		behaviour fakebitbucket.Behaviour
		check     func(*testing.T, *fakebitbucket.Server, client)
	}{
		"default-delete-missing-204": {fakebitbucket.Behaviour{}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(204, "DELETE", report, "")
		}},
		"delete-missing-404": {fakebitbucket.Behaviour{DeleteMissing: 404}, func(t *testing.T, _ *fakebitbucket.Server, c client) {
			require.Equal(t, "report-service.report.not-found", c.want(404, "DELETE", report, "").json(t)["key"])
		}},
		"put-created": {fakebitbucket.Behaviour{PutCreated: true}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(201, "PUT", report, goodReport)
			c.want(200, "PUT", report, goodReport)
		}},
		"put-merges": {fakebitbucket.Behaviour{PutMerges: true}, func(t *testing.T, s *fakebitbucket.Server, c client) {
			c.want(200, "PUT", report, `{"title":"t","details":"d","report_type":"BUG","reporter":"sluice","data":[{"title":"T","value":1}]}`)
			c.want(200, "PUT", report, `{"result":"PASSED"}`)
			got, _ := s.Report(commit, "sluice-security")
			require.Equal(t, "sluice", got.Reporter)
			require.Equal(t, "PASSED", got.Result)
			require.Equal(t, []fakebitbucket.DataItem{{Title: "T", Value: 1.0}}, got.Data)
		}},
		"date-text": {fakebitbucket.Behaviour{DateText: true}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(200, "PUT", report, `{"title":"t","details":"d","report_type":"BUG","data":[{"title":"T","type":"DATE","value":"2026-08-01T00:00:00Z"}]}`)
			c.want(400, "PUT", report, `{"title":"t","details":"d","report_type":"BUG","data":[{"title":"T","type":"DATE","value":"yesterday"}]}`)
		}},
		"data-required": {fakebitbucket.Behaviour{DataRequired: true}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(400, "PUT", report, goodReport)
		}},
		"local-links": {fakebitbucket.Behaviour{LocalLinksAllowed: true}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(200, "PUT", report, `{"title":"t","details":"d","report_type":"BUG","link":"http://localhost/"}`)
		}},
		"late-update": {fakebitbucket.Behaviour{LateUpdate: true}, func(t *testing.T, _ *fakebitbucket.Server, c client) {
			got := c.want(200, "PUT", report, goodReport).json(t)
			require.NotEqual(t, got["created_on"], got["updated_on"])
		}},
		"title-limit": {fakebitbucket.Behaviour{TitleLimit: 3}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(400, "PUT", report, goodReport)
		}},
		"report-limit": {fakebitbucket.Behaviour{ReportLimit: 1}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(200, "PUT", report, goodReport)
			c.want(200, "PUT", report, goodReport)
			c.want(400, "PUT", reports+"/second", goodReport)
		}},
		"body-limit": {fakebitbucket.Behaviour{BodyLimit: 20}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(413, "PUT", report, goodReport)
		}},
		"external-id-limit": {fakebitbucket.Behaviour{ExternalIDLimit: 64}, func(_ *testing.T, _ *fakebitbucket.Server, c client) {
			c.want(400, "PUT", reports+"/"+strings.Repeat("a", 65), goodReport)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, c := start(t, fakebitbucket.WithBehaviour(test.behaviour))
			c.t = t
			test.check(t, server, c)
		})
	}
}

func TestVariantsHaveNamesAndDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, variant := range fakebitbucket.Variants() {
		require.False(t, seen[variant.Name], variant.Name)
		seen[variant.Name] = true
		if i > 0 {
			require.NotEqual(t, fakebitbucket.Behaviour{}, variant.Behaviour, variant.Name)
		}
	}
	require.Len(t, seen, 15)
}
