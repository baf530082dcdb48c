package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"
)

// plain reports whether a text is one that every database takes: PostgreSQL refuses NUL, and what is no UTF-8.
func plain(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}

// checkText refuses requests whose address or user could not be looked up anywhere, before anybody tries.
func (c *call) checkText() error {
	bad := func(where string) error {
		return badRequest("%s holds a NUL character, or bytes that are no UTF-8", where)
	}
	if !plain(c.r.URL.Path) {
		return bad("the path")
	}
	query, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return badRequest("the query cannot be read: write what is special in it with percent signs")
	}
	for name, values := range query {
		for _, value := range values {
			if !plain(name) || !plain(value) {
				return bad("the query")
			}
		}
	}
	if user, password, ok := c.r.BasicAuth(); ok && (!plain(user) || !plain(password)) {
		return bad("the user or the password")
	}
	return nil
}

// decode reads a JSON body into a value. There is nothing behind it.
func (c *call) decode(into any) error {
	kind, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";")
	if strings.TrimSpace(kind) != "application/json" {
		return &httpError{http.StatusUnsupportedMediaType, "send the body as Content-Type: application/json", "UnsupportedMediaTypeException"}
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &httpError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxBody), "RequestEntityTooLargeException"}
	case err != nil:
		return badRequest("the body broke off")
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	if err := decoder.Decode(into); err != nil {
		return badRequest("the body is not the JSON that is expected: %s", jsonProblem(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return badRequest("the body is not the JSON that is expected: something stands behind it")
	}
	return checkWords(data)
}

// checkWords refuses texts with NUL anywhere in JSON that can be read. (What is no UTF-8 was replaced when it was read.)
func checkWords(data []byte) error {
	for words := json.NewDecoder(strings.NewReader(string(data))); ; {
		word, err := words.Token()
		if err != nil {
			return nil //nolint:nilerr // the end, for it was read before
		}
		if text, ok := word.(string); ok && !plain(text) {
			return badRequest("a text of the body holds a NUL character")
		}
	}
}

// jsonProblem says what is wrong without quoting the body, which may hold a secret.
func jsonProblem(err error) string {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return "it cannot be read"
	}
	// The names in front are those of lists and objects around it, also of ours.
	name := kind.Field[strings.LastIndexByte(kind.Field, '.')+1:]
	if name == "" {
		name = "the body"
	}
	return name + " must be " + jsonWord(kind.Type)
}

// jsonWord is what JSON calls a type.
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

// foreign reports whether a page of another site has sent a change, as its Referer says. A browser that says itself where a request
// comes from is believed before that.
func foreign(r *http.Request) bool {
	referer := r.Header.Get("Referer")
	if site := r.Header.Get("Sec-Fetch-Site"); referer == "" || site == "same-origin" || site == "none" {
		return false
	}
	from, err := url.Parse(referer)
	return err != nil || !strings.EqualFold(from.Host, r.Host)
}

// trimmed gives a request without the slashes at the end of its path, and nil for one that has none.
func trimmed(r *http.Request) *http.Request {
	path := strings.TrimRight(r.URL.Path, "/")
	if path == "" || path == r.URL.Path {
		return nil
	}
	other := r.Clone(r.Context())
	other.URL.Path, other.URL.RawPath = path, strings.TrimRight(r.URL.RawPath, "/")
	return other
}
