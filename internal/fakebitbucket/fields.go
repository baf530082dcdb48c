package fakebitbucket

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits that both products document.
const (
	maxBulk           = 100
	maxAnnotations    = 1000
	maxSummary        = 450
	maxDetails        = 2000
	maxCloudData      = 10
	maxDataCenterData = 6
	maxReporter       = 450
)

var (
	annotationTypes      = []string{"VULNERABILITY", "CODE_SMELL", "BUG"}
	annotationResults    = []string{"PASSED", "FAILED", "SKIPPED", "IGNORED"}
	severities           = []string{"CRITICAL", "HIGH", "MEDIUM", "LOW"}
	dataCenterSeverities = []string{"HIGH", "MEDIUM", "LOW"}
	reportTypes          = []string{"SECURITY", "COVERAGE", "TEST", "BUG"}
	reportResults        = []string{"PASSED", "FAILED", "PENDING"}
	dataCenterResults    = []string{"PASS", "FAIL"}
	dataTypes            = []string{"BOOLEAN", "DATE", "DURATION", "LINK", "NUMBER", "PERCENTAGE", "TEXT"}
)

// problem is why a field is rejected.
type problem struct {
	field, message string
}

func problemf(field, format string, arguments ...any) *problem {
	return &problem{field, fmt.Sprintf(format, arguments...)}
}

// units counts UTF-16 units, the characters of a Java service.
func units(text string) int {
	n := 0
	for _, r := range text {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

func mediaType(r *http.Request) string {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// decodeBody decodes a JSON body into value. The message of its problem names the field if it is known.
func decodeBody(body []byte, value any) *problem {
	if !utf8.Valid(body) {
		return &problem{"", "The request body is not valid UTF-8."}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return &problem{"", "The request body is missing."}
	}
	err := json.Unmarshal(body, value)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return problemf(wrongType.Field, "The %s field has the wrong type: %s.", orElse(wrongType.Field, "root"), wrongType.Value)
	case err != nil:
		return &problem{"", "The request body is not valid JSON."}
	}
	return checkSpelling(body, value)
}

// checkSpelling rejects names that differ from a known one only in case: encoding/json accepts them, Bitbucket does not.
func checkSpelling(body []byte, value any) *problem {
	known := reflect.TypeOf(value).Elem()
	var object map[string]json.RawMessage
	if known.Kind() != reflect.Struct || json.Unmarshal(body, &object) != nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(object))
	for i := range known.NumField() {
		right := known.Field(i).Tag.Get("json")
		for _, name := range names {
			if name != right && strings.EqualFold(name, right) {
				return problemf(name, "The %s field is unknown.", name)
			}
		}
	}
	return nil
}

// checkText rejects a text that is too long or contains U+0000. A limit of 0 means any length.
func checkText(field string, text *string, limit int) *problem {
	switch {
	case text == nil:
		return nil
	case limit > 0 && units(*text) > limit:
		return problemf(field, "The %s field cannot contain more than %d characters.", field, limit)
	case strings.ContainsRune(*text, 0):
		return problemf(field, "The %s field contains an invalid character.", field)
	}
	return nil
}

func checkRequired(field string, text *string) *problem {
	if text == nil || strings.TrimSpace(*text) == "" {
		return problemf(field, "The %s field is required and cannot be empty.", field)
	}
	return nil
}

func checkEnum(field string, text *string, allowed []string) *problem {
	if text == nil || slices.Contains(allowed, *text) {
		return nil
	}
	return problemf(field, "The %s field must be one of %s.", field, strings.Join(allowed, ", "))
}

// checkLink rejects anything that is not an http(s) URL and, unless local is set, links to the reader's own machine.
func checkLink(field string, text *string, local bool) *problem {
	if text == nil {
		return nil
	}
	link, err := url.Parse(*text)
	if err != nil || link.Scheme != "http" && link.Scheme != "https" || link.Hostname() == "" || strings.ContainsAny(*text, " \t\n") {
		return problemf(field, "The %s field must be a valid HTTP or HTTPS URL.", field)
	}
	host := strings.TrimSuffix(strings.ToLower(link.Hostname()), ".")
	ip := net.ParseIP(host)
	if !local && (host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())) {
		return problemf(field, "The %s field must be a public URL.", field)
	}
	return nil
}

func first(problems ...*problem) *problem {
	for _, p := range problems {
		if p != nil {
			return p
		}
	}
	return nil
}
