package server

import "net/http"

// answer describes what a route gives when it succeeds, for the description of the API.
type answer struct {
	status int
	// body is a value of the type that the JSON has; nil when the answer has no JSON.
	body any
	// paged is true when the JSON is a page with body as its entries.
	paged bool
	// types are the media types of a stream; empty when the answer is JSON or has no body.
	types []string
}

// The media types of streams.
const (
	csvType     = "text/csv; charset=utf-8"
	htmlType    = "text/html; charset=utf-8"
	metricsType = "text/plain; version=0.0.4; charset=utf-8"
	plainType   = "text/plain; charset=utf-8"
	zipType     = "application/zip"
)

// returns describes JSON with status 200.
func returns(body any) answer { return answer{status: http.StatusOK, body: body} }

// created describes JSON with status 201.
func created(body any) answer { return answer{status: http.StatusCreated, body: body} }

// accepted describes JSON with status 202.
func accepted(body any) answer { return answer{status: http.StatusAccepted, body: body} }

// page describes a page of entries.
func page(entry any) answer { return answer{status: http.StatusOK, body: entry, paged: true} }

// file describes a stream of one of some media types.
func file(types ...string) answer { return answer{status: http.StatusOK, types: types} }

// nothingBack describes status 204.
func nothingBack() answer { return answer{status: http.StatusNoContent} }

// upload describes a request with a CSV file as multipart/form-data.
type upload struct{}
