package openid

import "encoding/json"

// claims are what a provider says about a person, by name.
type claims map[string]json.RawMessage

// has reports whether there is a claim.
func (c claims) has(name string) bool {
	value, ok := c[name]
	return ok && string(value) != "null"
}

// elsewhere reports whether the provider only says where a claim can be asked for
// (https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims).
func (c claims) elsewhere(name string) bool {
	var names map[string]json.RawMessage
	return !c.has(name) && json.Unmarshal(c["_claim_names"], &names) == nil && names[name] != nil
}

// text gives a claim that is a text; empty for any other.
func (c claims) text(name string) string {
	var text string
	if json.Unmarshal(c[name], &text) != nil {
		return ""
	}
	return text
}

// truth reports whether a claim is true, also as a text, as some providers write it.
func (c claims) truth(name string) bool {
	var yes bool
	return json.Unmarshal(c[name], &yes) == nil && yes || c.text(name) == "true"
}

// list gives a claim that is a list of texts, or one text. What is no text in it is left out.
func (c claims) list(name string) (list []string) {
	if one := c.text(name); one != "" {
		return []string{one}
	}
	var values []json.RawMessage
	if json.Unmarshal(c[name], &values) != nil {
		return nil
	}
	for _, value := range values {
		var text string
		if json.Unmarshal(value, &text) == nil {
			list = append(list, text)
		}
	}
	return list
}
