package fakebitbucket

import (
	"net/http"
	"strconv"
)

// throttleText is Bitbucket's message to a throttled client, as JSON or as plain text.
const ThrottleText = "Rate limit for this resource has been exceeded"

// reportService returns an error of the report service (shape 1).
func reportService(status int, key, message string) Answer {
	return jsonAnswer(status, struct {
		Key       string   `json:"key"`
		Message   string   `json:"message"`
		Arguments struct{} `json:"arguments"`
	}{Key: "report-service." + key, Message: message})
}

func badRequest(message string) Answer {
	return reportService(http.StatusBadRequest, "general.bad-request", message)
}

func reportNotFound(id string) Answer {
	return reportService(http.StatusNotFound, "report.not-found", "There is no report "+id+" for this commit.")
}

// tooManyInBulk returns the error of the older report service (shape 2), with its stray slash.
func tooManyInBulk() Answer {
	return jsonAnswer(http.StatusBadRequest, struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}{http.StatusBadRequest, "Bulk upload supports a maximum of /" + strconv.Itoa(maxBulk) + " annotations."})
}

// envelope returns Bitbucket's general error (shape 3). Its detail is a string, an object, or nil for none.
func envelope(status int, message string, detail any) Answer {
	return envelopeWithFields(status, message, detail, nil)
}

func envelopeWithFields(status int, message string, detail any, fields map[string][]string) Answer {
	type body struct {
		Message string              `json:"message"`
		Detail  any                 `json:"detail,omitempty"`
		Fields  map[string][]string `json:"fields,omitempty"`
	}
	return jsonAnswer(status, struct {
		Type  string `json:"type"`
		Error body   `json:"error"`
	}{"error", body{message, detail, fields}})
}

// missingScopes returns the 403 whose detail is an object.
func missingScopes(required, granted []string) Answer {
	if granted == nil {
		granted = []string{}
	}
	return envelope(http.StatusForbidden, "Your credentials lack one or more required privilege scopes.",
		map[string]any{"required": required, "granted": granted})
}
