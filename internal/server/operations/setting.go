package operations

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Values are the settings of the instance.
type Values interface {
	Value(ctx context.Context, k *settings.Known) (string, error)
	Int(ctx context.Context, k *settings.Known) (int, error)
	List(ctx context.Context, k *settings.Known) ([]string, error)
	// Slots returns how many scans a node runs at once.
	Slots(ctx context.Context) (int, error)
}

// Policy changes settings together with the counters that depend on them.
type Policy interface {
	Set(ctx context.Context, values map[*settings.Known]string) error
}

// Settings serves the settings of the instance.
type Settings struct {
	Values Values
	Policy Policy
}

// Routes returns the routes of the resource.
func (s *Settings) Routes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/settings", Name: "getSettings",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Get all settings of the instance.",
			Gives:   api.Returns(SettingsWire{}),
			Handle:  s.all,
		},
		{
			Method: http.MethodPut, Path: "/settings", Name: "changeSettings",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Change settings: all settings in the body, or none when one is invalid.",
			Takes:   SettingsWire{}, Body: `some of the settings that GET returns, such as {"parallelScans": 4}`,
			Gives:  api.Returns(SettingsWire{}),
			Handle: s.set,
		},
		{
			Method: http.MethodGet, Path: "/settings/parallel-scans", Name: "getParallelScans",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Get how many scans a node runs at once.",
			Gives:   api.Returns(parallelWire{}),
			Handle:  s.parallelScans,
		},
		{
			Method: http.MethodPut, Path: "/settings/parallel-scans", Name: "setParallelScans",
			Needs: access.Grantee, Scope: "settings",
			Summary: "Set how many scans a node runs at once.",
			Query:   []api.Parameter{api.Required("value", "a whole number; 0 means the number of processors")},
			Gives:   api.Returns(parallelWire{}),
			Handle: func(c *api.Call) (*api.Reply, error) {
				if err := settings.ParallelScans.Check(c.Query("value")); err != nil {
					return nil, api.BadRequest("value: %v", err)
				}
				if err := s.Policy.Set(c.Context(), map[*settings.Known]string{settings.ParallelScans: c.Query("value")}); err != nil {
					return nil, err
				}
				return s.parallelScans(c)
			},
		},
	}
}

// SettingsWire holds settings by name, with values of their kind. Its schema lists all settings.
type SettingsWire map[string]any

// parallelWire is how many scans a node runs at once: the setting, where 0 means the number of processors, and the
// resulting number.
type parallelWire struct {
	Value     int `json:"value"`
	Effective int `json:"effective"`
}

func (s *Settings) parallelScans(c *api.Call) (*api.Reply, error) {
	value, err := s.Values.Int(c.Context(), settings.ParallelScans)
	if err != nil {
		return nil, err
	}
	effective, err := s.Values.Slots(c.Context())
	if err != nil {
		return nil, err
	}
	return api.OK(parallelWire{value, effective})
}

func (s *Settings) all(c *api.Call) (*api.Reply, error) {
	values := SettingsWire{}
	for _, k := range settings.KnownSettings {
		text, err := s.Values.Value(c.Context(), k)
		if err != nil {
			return nil, err
		}
		switch k.Kind {
		case settings.KindBool:
			values[k.Name] = text == "true"
		case settings.KindInt:
			values[k.Name], _ = strconv.Atoi(text) // Value has checked it
		case settings.KindList:
			list, err := s.Values.List(c.Context(), k)
			if err != nil {
				return nil, err
			}
			values[k.Name] = append([]string{}, list...)
		default:
			values[k.Name] = text
		}
	}
	return api.OK(values)
}

// settingText converts a setting's JSON value to the text that the store has.
func settingText(k *settings.Known, raw json.RawMessage) (text string, ok bool) {
	switch k.Kind {
	case settings.KindBool:
		var b *bool
		if json.Unmarshal(raw, &b) != nil || b == nil {
			return "", false
		}
		return strconv.FormatBool(*b), true
	case settings.KindInt:
		var n *int
		if json.Unmarshal(raw, &n) != nil || n == nil {
			return "", false
		}
		return strconv.Itoa(*n), true
	case settings.KindList:
		var list []string
		if json.Unmarshal(raw, &list) != nil {
			return "", false
		}
		return strings.Join(list, ","), true
	}
	var word *string
	if json.Unmarshal(raw, &word) != nil || word == nil {
		return "", false
	}
	return *word, true
}

var kindWords = map[settings.Kind]string{settings.KindBool: "true or false", settings.KindInt: "a whole number", settings.KindWord: "a text", settings.KindList: "a list of texts"}

func (s *Settings) set(c *api.Call) (*api.Reply, error) {
	var body map[string]json.RawMessage
	if err := c.Decode(&body); err != nil {
		return nil, err
	}
	bad := &api.Problems{}
	values := map[*settings.Known]string{}
	for _, k := range settings.KnownSettings {
		raw, given := body[k.Name]
		if !given {
			continue
		}
		delete(body, k.Name)
		text, ok := settingText(k, raw)
		if !ok {
			bad.Add(k.Name, "it must be %s", kindWords[k.Kind])
			continue
		}
		if err := k.Check(text); err != nil {
			bad.Add(k.Name, "%v", err)
			continue
		}
		values[k] = text
		c.Note(k.Name + "=" + text)
	}
	for name := range body {
		bad.Add(access.Shortened(name), "there is no such setting")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	if err := s.Policy.Set(c.Context(), values); err != nil {
		return nil, err
	}
	return s.all(c)
}
