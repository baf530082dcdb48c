package api

import "net/http"

// Answer describes a route's successful answer for the description of the API.
type Answer struct {
	Status int
	// Body is a value of the type of the JSON; nil if the answer has no JSON.
	Body any
	// Paged is true if the JSON is a page with entries of the type of Body.
	Paged bool
	// Types are the media types of a stream; empty if the answer is JSON or has no body.
	Types []string
}

// The media types of streams.
const (
	CSVType    = "text/csv; charset=utf-8"
	EventsType = "text/event-stream"
	HTMLType   = "text/html; charset=utf-8"
	JSONType   = "application/json; charset=utf-8"
	PlainType  = "text/plain; charset=utf-8"
	ZIPType    = "application/zip"
)

// Returns describes JSON with status 200.
func Returns(body any) Answer { return Answer{Status: http.StatusOK, Body: body} }

// ReturnsCreated describes JSON with status 201.
func ReturnsCreated(body any) Answer { return Answer{Status: http.StatusCreated, Body: body} }

// ReturnsAccepted describes JSON with status 202.
func ReturnsAccepted(body any) Answer { return Answer{Status: http.StatusAccepted, Body: body} }

// ReturnsPage describes a page of entries.
func ReturnsPage(entry any) Answer { return Answer{Status: http.StatusOK, Body: entry, Paged: true} }

// ReturnsFile describes a stream with one of some media types.
func ReturnsFile(types ...string) Answer { return Answer{Status: http.StatusOK, Types: types} }

// ReturnsNothing describes status 204.
func ReturnsNothing() Answer { return Answer{Status: http.StatusNoContent} }

// Upload describes a request with a CSV file as multipart/form-data.
type Upload struct{}
