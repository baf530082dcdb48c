package dashboard_test

import (
	"bytes"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// shown is a template with the data that a page gave it.
type shown struct {
	path, name string
	t          *template.Template
	data       reflect.Value
}

// everyPageShown opens every page of the list, and keeps what their templates are given.
func everyPageShown(t testing.TB) (list []shown) {
	t.Helper()
	for _, x := range []struct{ empty, throttled bool }{{}, {empty: true}, {throttled: true}} {
		st, err := store.Open(t.Context(), teststore.SQLite(t))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		require.NoError(t, testdashboard.AddAccounts(t.Context(), st))
		if !x.empty {
			require.NoError(t, testdashboard.Fill(t.Context(), st, testdashboard.Projects))
		}
		sample, err := testdashboard.Sample(t.Context(), st)
		require.NoError(t, err)
		path := ""
		var mu sync.Mutex
		o := testdashboard.Options{Folder: "/var/git"}
		o.Around()
		pages := testdashboard.Pages
		if x.throttled {
			o.Throttle()
			// The first one is answered, the second one is too much.
			pages = []testdashboard.Page{testdashboard.Throttled, testdashboard.Throttled}
		}
		o.Render = func(of *template.Template, w io.Writer, name string, data any) error {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, shown{path, name, of, reflect.ValueOf(data)})
			return of.ExecuteTemplate(w, name, data)
		}
		handler, err := testdashboard.Serve(t.Context(), st, o)
		require.NoError(t, err)
		open := func(method, at, as string, form url.Values) *httptest.ResponseRecorder {
			path = at
			r := httptest.NewRequestWithContext(t.Context(), method, at, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: "sluice_session", Value: as})
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			return w
		}
		sessions := map[string]string{"": ""}
		for _, p := range pages {
			if p.Empty != x.empty {
				continue
			}
			if _, ok := sessions[p.As]; !ok {
				answer := open(http.MethodPost, "/sign-in", "", url.Values{"name": {p.As}, "password": {testdashboard.Password(p.As)}})
				sessions[p.As] = answer.Result().Cookies()[0].Value
			}
			open(http.MethodGet, sample.Replace(p.Path), sessions[p.As], nil)
		}
		if !x.throttled {
			open(http.MethodGet, "/queue/menu", sessions["admin"], nil)
		}
	}
	return list
}

// plain are types of texts that templates take for finished HTML, and do not escape. No page may hold one.
var plain = []reflect.Type{
	reflect.TypeFor[template.HTML](), reflect.TypeFor[template.HTMLAttr](), reflect.TypeFor[template.CSS](), reflect.TypeFor[template.JS](), reflect.TypeFor[template.JSStr](), reflect.TypeFor[template.URL](),
	reflect.TypeFor[template.Srcset](),
}

// filled copies a value with another text in place of each that is not empty. What templates cannot reach stays as it is.
func filled(t testing.TB, v reflect.Value, text string) reflect.Value {
	for _, p := range plain {
		require.NotEqual(t, p, v.Type(), "a page must not hold finished HTML")
	}
	again := reflect.New(v.Type()).Elem()
	again.Set(v)
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			again.SetString(text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			again.Set(reflect.New(v.Type().Elem()))
			again.Elem().Set(filled(t, v.Elem(), text))
		}
	case reflect.Interface:
		if !v.IsNil() {
			again.Set(filled(t, v.Elem(), text))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				again.Field(i).Set(filled(t, v.Field(i), text))
			}
		}
	case reflect.Slice:
		if !v.IsNil() {
			again.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				again.Index(i).Set(filled(t, v.Index(i), text))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			again.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for _, key := range v.MapKeys() {
				again.SetMapIndex(key, filled(t, v.MapIndex(key), text))
			}
		}
	}
	return again
}

// skeleton is what a browser makes of a page without its texts: the elements in order, the names of their attributes, and the schemes of its
// links.
func skeleton(t testing.TB, page []byte) (list []string) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	require.NoError(t, err)
	for n := range root.Descendants() {
		switch n.Type {
		case html.CommentNode:
			list = append(list, "a comment")
		case html.ElementNode:
			words := []string{n.Data}
			for _, a := range n.Attr {
				words = append(words, a.Key)
				value := strings.ToLower(strings.TrimSpace(a.Val))
				for _, scheme := range []string{"javascript:", "vbscript:", "data:"} {
					if (a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction") && strings.HasPrefix(value, scheme) {
						words = append(words, scheme)
					}
				}
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					require.Fail(t, "an attribute that runs or styles: "+a.Key)
				}
			}
			list = append(list, strings.Join(words, " "))
		}
	}
	return list
}

// FuzzPages puts a text in place of every text of every page. The browser sees the same elements and attributes as with a harmless one.
func FuzzPages(f *testing.F) {
	for _, seed := range []string{
		`"><script>alert(1)</script>`, `'onmouseover='alert(1)`, `</title></svg></textarea><img/src=x/onerror=alert(1)>`, `{{.Body}}`, "javascript:alert(1)", "\u202egnp.exe", `" autofocus onfocus="alert(1)`,
		"<!--", "-->", "]]>", "`", "\x00", "\xff\xfe", "a\nb\tc", "&quot;&gt;&lt;b&gt;", " JaVaScRiPt\t:alert(1)", "data:text/html,<script>", "//evil.example", "\u2028", "</details></main>", strings.Repeat("<p>", 300), "<plaintext>", "1 onload=x",
	} {
		f.Add(seed, uint8(0))
	}
	pages := everyPageShown(f)
	require.Greater(f, len(pages), 15)
	render := func(t testing.TB, p *shown, text string) []string {
		var w bytes.Buffer
		require.NoError(t, p.t.ExecuteTemplate(&w, p.name, filled(t, p.data, text).Interface()), p.path)
		return skeleton(t, w.Bytes())
	}
	var harmless [][]string
	for i := range pages {
		harmless = append(harmless, render(f, &pages[i], "harmless"))
	}
	// which is the number of a page, from 1; 0 for all pages.
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		if text == "" {
			return
		}
		for i := range pages {
			if which == 0 || i == int(which-1)%len(pages) {
				require.Equal(t, harmless[i], render(t, &pages[i], text), "%s with %q", pages[i].path, text)
			}
		}
	})
}

// TestTheFuzzSeesWhatBreaksOut: a template that writes a text as it is does not pass for one that escapes it.
func TestTheFuzzSeesWhatBreaksOut(t *testing.T) {
	t.Parallel()
	raw := func(text string) []byte { return []byte(`<p title="` + text + `"><a href="` + text + `">x</a></p>`) }
	for _, evil := range []string{`"><b>`, `" x="`, "javascript:alert(1)"} {
		require.NotEqual(t, skeleton(t, raw("harmless")), skeleton(t, raw(evil)), evil)
	}
}
