package api

import (
	"io"
	"net/http"
)

// Reply is a successful answer: a body as JSON, a stream, or neither.
type Reply struct {
	Status int
	Body   any
	// Stream writes the body itself, of ContentType; nil for JSON. It runs after the status is out, so that its error cuts the connection.
	Stream      func(w io.Writer) error
	ContentType string
	// Filename is the name under which browsers save a stream.
	Filename string
}

// OK is an answer with a JSON body.
func OK(body any) (*Reply, error) { return &Reply{Status: http.StatusOK, Body: body}, nil }

// Created is the answer to a request that made something.
func Created(body any) (*Reply, error) { return &Reply{Status: http.StatusCreated, Body: body}, nil }

// Accepted is the answer to a request whose work comes later.
func Accepted(body any) (*Reply, error) { return &Reply{Status: http.StatusAccepted, Body: body}, nil }

// Nothing is an answer without a body.
func Nothing() (*Reply, error) { return &Reply{Status: http.StatusNoContent}, nil }

// Stream is an answer that write writes piece by piece.
func Stream(contentType string, write func(w io.Writer) error) *Reply {
	return &Reply{Status: http.StatusOK, ContentType: contentType, Stream: write}
}

// ProjectRef names a project in an answer.
type ProjectRef struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// SlugRef names a repository in an answer that names its project beside it.
type SlugRef struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}
