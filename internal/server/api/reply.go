package api

import (
	"io"
	"net/http"
)

// Reply is a successful answer: a JSON body, a stream, or neither.
type Reply struct {
	Status int
	Body   any
	// Stream writes the body itself, of ContentType; nil for JSON. It runs after the status has been sent, so an error
	// closes the connection.
	Stream      func(w io.Writer) error
	ContentType string
	// Filename is the name under which browsers save a stream.
	Filename string
}

// OK answers with a JSON body.
func OK(body any) (*Reply, error) { return &Reply{Status: http.StatusOK, Body: body}, nil }

// Created answers a request that created something.
func Created(body any) (*Reply, error) { return &Reply{Status: http.StatusCreated, Body: body}, nil }

// Accepted answers a request whose work comes later.
func Accepted(body any) (*Reply, error) { return &Reply{Status: http.StatusAccepted, Body: body}, nil }

// Nothing answers without a body.
func Nothing() (*Reply, error) { return &Reply{Status: http.StatusNoContent}, nil }

// Stream answers with what write writes, piece by piece.
func Stream(contentType string, write func(w io.Writer) error) *Reply {
	return &Reply{Status: http.StatusOK, ContentType: contentType, Stream: write}
}

// ProjectRef names a project in an answer.
type ProjectRef struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// SlugRef names a repository in an answer that names its project separately.
type SlugRef struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}
