package workspace

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// value returns the text at a dotted path of an object; empty for none.
func value(row any, path string) string {
	for part := range strings.SplitSeq(path, ".") {
		object, ok := row.(map[string]any)
		if !ok {
			return ""
		}
		row = object[part]
	}
	if row == nil {
		return ""
	}
	return fmt.Sprint(row)
}

// matches applies a filter: conditions NAME OP "VALUE", joined by AND.
func matches(row any, filter string) (bool, error) {
	for condition := range strings.SplitSeq(filter, " AND ") {
		if strings.TrimSpace(condition) == "" {
			continue
		}
		at := strings.IndexAny(condition, "=<>~")
		if at < 0 {
			return false, fmt.Errorf("bad filter %q", condition)
		}
		name, rest := strings.TrimSpace(condition[:at]), condition[at:]
		operator := rest[:1]
		if strings.HasPrefix(rest[1:], "=") {
			operator = rest[:2]
		}
		want, err := strconv.Unquote(strings.TrimSpace(rest[len(operator):]))
		if err != nil {
			return false, fmt.Errorf("bad filter %q", condition)
		}
		got := value(row, name)
		ok := false
		switch operator {
		case "=":
			ok = got == want
		case ">":
			ok = got > want
		case ">=":
			ok = got >= want
		case "~":
			ok = strings.Contains(strings.ToLower(got), strings.ToLower(want))
		default:
			return false, fmt.Errorf("bad operator %q", operator)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// page answers one page of rows: filtered by q, sorted by sort, cut by fields. mu is held.
func (s *Site) page(w http.ResponseWriter, r *http.Request, rows []any) {
	query := r.URL.Query()
	var kept []any
	for _, row := range rows {
		ok, err := matches(row, query.Get("q"))
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		if ok {
			kept = append(kept, row)
		}
	}
	if by := query.Get("sort"); by != "" {
		name := strings.TrimPrefix(by, "-")
		slices.SortStableFunc(kept, func(a, b any) int {
			if by != name {
				a, b = b, a
			}
			return cmp.Compare(value(a, name), value(b, name))
		})
	}
	number := func(name string, other int) (int, bool) {
		text := query.Get(name)
		if text == "" {
			return other, true
		}
		n, err := strconv.Atoi(text)
		return n, err == nil && n > 0
	}
	length, ok := number("pagelen", 10)
	page, also := number("page", 1)
	if !ok || !also || length > 100 {
		refuse(w, http.StatusBadRequest, "Invalid pagelen")
		return
	}
	if s.behaviour.PageLength > 0 {
		length = min(length, s.behaviour.PageLength)
	}
	body := map[string]any{"pagelen": length, "page": page}
	index, empty := page-1, false
	if s.behaviour.EmptyPages {
		index, empty = (page-1)/2, page%2 == 1
	}
	from := min(index*length, len(kept))
	to := min(from+length, len(kept))
	more := to < len(kept)
	if empty {
		more, to = from < len(kept), from
	}
	body["values"] = append([]any{}, kept[from:to]...)
	if more {
		query.Set("page", strconv.Itoa(page+1))
		host := APIHost
		if s.behaviour.ForeignNext {
			host = "elsewhere.example.com"
		}
		body["next"] = "https://" + host + r.URL.EscapedPath() + "?" + query.Encode()
	}
	writeJSON(w, http.StatusOK, cut(body, query.Get("fields")))
}

// cut keeps the named fields of an object, by dotted paths; an empty text keeps everything.
func cut(body any, fields string) any {
	if fields == "" {
		return body
	}
	var paths [][]string
	for path := range strings.SplitSeq(fields, ",") {
		paths = append(paths, strings.Split(strings.TrimSpace(path), "."))
	}
	return pick(body, paths)
}

func pick(body any, paths [][]string) any {
	switch x := body.(type) {
	case []any:
		list := make([]any, len(x))
		for i := range x {
			list[i] = pick(x[i], paths)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for name, v := range x {
			var below [][]string
			whole := false
			for _, p := range paths {
				if p[0] == name {
					whole = whole || len(p) == 1
					below = append(below, p[1:])
				}
			}
			switch {
			case whole:
				object[name] = v
			case below != nil && v == nil:
				object[name] = nil
			case below != nil:
				object[name] = pick(v, below)
			}
		}
		return object
	}
	return body
}
