package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

const maxBody = 1 << 20

// HasBody reports whether the request has a body, or does not say.
func (c *Call) HasBody() bool { return c.r.ContentLength != 0 }

// Decode reads a JSON body into a value. It refuses a body with more than one value.
func (c *Call) Decode(into any) error {
	kind, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";")
	if strings.TrimSpace(kind) != "application/json" {
		return Failure(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException", "send the body as Content-Type: application/json")
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return Failure(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "the body is larger than %d bytes", maxBody)
	case err != nil:
		return BadRequest("the body ended early")
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	if err := decoder.Decode(into); err != nil {
		return BadRequest("the body is not the expected JSON: %s", jsonProblem(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return BadRequest("the body is not the expected JSON: there is something after it")
	}
	return checkWords(data)
}

// checkWords refuses JSON with a NUL character in a text. The decoder has already replaced invalid UTF-8.
func checkWords(data []byte) error {
	for words := json.NewDecoder(strings.NewReader(string(data))); ; {
		word, err := words.Token()
		if err != nil {
			return nil //nolint:nilerr // the end: the decoder has read the JSON before
		}
		if text, ok := word.(string); ok && !db.Plain(text) {
			return BadRequest("a text of the body contains a NUL character")
		}
	}
}

// jsonProblem says what is wrong without quoting the body, which may contain a secret.
func jsonProblem(err error) string {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return "it cannot be read"
	}
	// The names in front belong to the enclosing lists and objects.
	name := kind.Field[strings.LastIndexByte(kind.Field, '.')+1:]
	if name == "" {
		name = "the body"
	}
	return name + " must be " + jsonWord(kind.Type)
}

// jsonWord returns JSON's word for a type.
func jsonWord(kind reflect.Type) string {
	switch kind.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Pointer:
		return jsonWord(kind.Elem())
	}
	return "an object"
}
