package verify

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// judge says what a response means by the rule.
func judge(v *rule.Verification, status int, body []byte) scan.VerifyState {
	r := response{status: status, body: body}
	active, revoked := slices.ContainsFunc(v.Active, r.is), slices.ContainsFunc(v.Revoked, r.is)
	switch {
	case active && !revoked:
		return scan.VerifyActive
	case revoked && !active:
		return scan.VerifyRevoked
	}
	return scan.VerifyUnknown
}

// response is what the provider returned. Its body is parsed at most once.
type response struct {
	status int
	body   []byte
	parsed bool
	value  any
}

// is reports whether the response is one that the rule describes.
func (r *response) is(a rule.Answer) bool {
	if !slices.Contains(a.Status, r.status) || !bytes.Contains(r.body, []byte(a.Contains)) {
		return false
	}
	for path, want := range a.JSON {
		if !r.field(path, want) {
			return false
		}
	}
	return true
}

// field reports whether the body has the wanted value at a path.
func (r *response) field(path, want string) bool {
	if !r.parsed {
		r.parsed = true
		decoder := json.NewDecoder(bytes.NewReader(r.body))
		decoder.UseNumber()
		if decoder.Decode(&r.value) != nil {
			r.value = nil
		}
	}
	value := r.value
	for name := range strings.SplitSeq(path, ".") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(inner) {
				return false
			}
			value = inner[i]
		default:
			return false
		}
	}
	switch value := value.(type) {
	case nil:
		return false
	case string:
		return want == "*" || value == want
	case json.Number:
		return want == "*" || value.String() == want
	case bool:
		return want == "*" || strconv.FormatBool(value) == want
	}
	return want == "*"
}
