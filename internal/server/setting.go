package server

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/settings"
)

func (s *Server) settingRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "/settings", name: "getSettings",
			needs: grantee, scope: "settings",
			summary: "Get all settings of the instance.",
			gives:   returns(settingsWire{}),
			handle:  (*call).settings,
		},
		{
			method: http.MethodPut, path: "/settings", name: "changeSettings",
			needs: grantee, scope: "settings",
			summary: "Change settings: all settings in the body, or none when one is invalid.",
			takes:   settingsWire{}, body: `some of what GET gives, such as {"parallelScans": 4}`,
			gives:  returns(settingsWire{}),
			handle: (*call).setSettings,
		},
		{
			method: http.MethodGet, path: "/settings/parallel-scans", name: "getParallelScans",
			needs: grantee, scope: "settings",
			summary: "Get how many scans a node runs at once.",
			gives:   returns(parallelWire{}),
			handle:  (*call).parallelScans,
		},
		{
			method: http.MethodPut, path: "/settings/parallel-scans", name: "setParallelScans",
			needs: grantee, scope: "settings",
			summary: "Set how many scans a node runs at once.",
			query:   []parameter{{"value", "a whole number; 0 is the number of processors", true}},
			gives:   returns(parallelWire{}),
			handle: func(c *call) (*reply, error) {
				if err := settings.ParallelScans.Check(c.query("value")); err != nil {
					return nil, badRequest("value: %v", err)
				}
				if err := c.s.store.Policy.Set(c.context(), map[*settings.Known]string{settings.ParallelScans: c.query("value")}); err != nil {
					return nil, err
				}
				return c.parallelScans()
			},
		},
	}
}

// settingsWire holds settings by name, with values of their kind.
type settingsWire map[string]any

// parallelWire says how many scans a node runs at once: as it is set, 0 for the number of processors, and as it works out.
type parallelWire struct {
	Value     int `json:"value"`
	Effective int `json:"effective"`
}

func (c *call) parallelScans() (*reply, error) {
	value, err := c.s.store.Settings.Int(c.context(), settings.ParallelScans)
	if err != nil {
		return nil, err
	}
	effective, err := c.s.store.Settings.Slots(c.context())
	if err != nil {
		return nil, err
	}
	return ok(parallelWire{value, effective})
}

func (c *call) settings() (*reply, error) {
	values := settingsWire{}
	for _, k := range settings.KnownSettings {
		text, err := c.s.store.Settings.Value(c.context(), k)
		if err != nil {
			return nil, err
		}
		switch k.Kind {
		case settings.KindBool:
			values[k.Name] = text == "true"
		case settings.KindInt:
			values[k.Name], _ = strconv.Atoi(text) // Value has checked it
		case settings.KindList:
			list, err := c.s.store.Settings.List(c.context(), k)
			if err != nil {
				return nil, err
			}
			values[k.Name] = append([]string{}, list...)
		default:
			values[k.Name] = text
		}
	}
	return ok(values)
}

// settingText reads a setting's JSON value as the store has it.
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

func (c *call) setSettings() (*reply, error) {
	var body map[string]json.RawMessage
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	bad := &problems{}
	values := map[*settings.Known]string{}
	for _, k := range settings.KnownSettings {
		raw, given := body[k.Name]
		if !given {
			continue
		}
		delete(body, k.Name)
		text, ok := settingText(k, raw)
		if !ok {
			bad.add(k.Name, "it must be %s", kindWords[k.Kind])
			continue
		}
		if err := k.Check(text); err != nil {
			bad.add(k.Name, "%v", err)
			continue
		}
		values[k] = text
		c.note(k.Name + "=" + text)
	}
	for name := range body {
		bad.add(shortened(name), "there is no such setting")
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if err := c.s.store.Policy.Set(c.context(), values); err != nil {
		return nil, err
	}
	return c.settings()
}
