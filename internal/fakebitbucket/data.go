package fakebitbucket

import (
	"encoding/json"
	"time"
)

// dataInput is one data item in a request.
type dataInput struct {
	Title *string         `json:"title"`
	Type  *string         `json:"type"`
	Value json.RawMessage `json:"value"`
}

// dataRules are the differences between the products for data.
type dataRules struct {
	max      int
	linkText string // name of the text in the value of a LINK
	local    bool   // links may lead to localhost
	dateText bool
}

func readData(inputs []dataInput, rules dataRules) ([]DataItem, *problem) {
	if len(inputs) > rules.max {
		return nil, problemf("data", "The data field cannot contain more than %d items.", rules.max)
	}
	items := make([]DataItem, 0, len(inputs))
	for _, in := range inputs {
		if p := first(checkRequired("data.title", in.Title), checkText("data.title", in.Title, maxSummary), checkEnum("data.type", in.Type, dataTypes)); p != nil {
			return nil, p
		}
		item := DataItem{Title: *in.Title}
		if in.Type != nil {
			item.Type = *in.Type
		}
		if len(in.Value) > 0 {
			if err := json.Unmarshal(in.Value, &item.Value); err != nil {
				return nil, &problem{"data.value", "The data.value field is not valid JSON."}
			}
		}
		if p := checkValue(item, rules); p != nil {
			return nil, p
		}
		items = append(items, item)
	}
	return items, nil
}

// checkValue checks a data item's value against its type.
func checkValue(item DataItem, rules dataRules) *problem {
	number, isNumber := item.Value.(float64)
	text, isText := item.Value.(string)
	_, isBool := item.Value.(bool)
	ok := true
	switch item.Type {
	case "":
		ok = isNumber || isText || isBool
	case "BOOLEAN":
		ok = isBool
	case "DATE":
		_, err := time.Parse(time.RFC3339Nano, text)
		ok = isNumber || rules.dateText && isText && err == nil
	case "DURATION", "NUMBER":
		ok = isNumber
	case "PERCENTAGE":
		ok = isNumber && number >= 0 && number <= 100
	case "TEXT":
		ok = isText
	case "LINK":
		link, isObject := item.Value.(map[string]any)
		href, hasHref := link["href"].(string)
		label, hasLabel := link[rules.linkText].(string)
		if !isObject || !hasHref || !hasLabel || label == "" {
			return problemf("data.value", "The value of the LINK %q must be an object with %s and href.", item.Title, rules.linkText)
		}
		return checkLink("data.value.href", &href, rules.local)
	}
	if !ok {
		return problemf("data.value", "The value of the data item %q does not fit its type %s.", item.Title, orElse(item.Type, "(none)"))
	}
	return nil
}
