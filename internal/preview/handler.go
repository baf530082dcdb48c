package preview

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/bitbucket"
)

// trouble is an error page: what happened, why, and what to do.
type trouble struct{ What, Why, Do string }

// Handler serves the page at "/" and nothing else. It calls load for every request. It accepts GET and HEAD. If load
// fails, the response is a page with the reason and status 500, and the next request tries again. load must be safe for
// concurrent use.
//
// The page shows source code. Therefore Handler responds only to requests whose Host is an IP address or localhost: a
// foreign web site whose name resolves to this machine (DNS rebinding) cannot read the page.
func Handler(load func(context.Context) (*Page, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		looks().Headers(header.Set)
		header.Set("Cache-Control", "no-store")
		switch {
		case !local(r.Host):
			refuse(w, r, http.StatusMisdirectedRequest, trouble{
				What: "This preview answers to this machine's address only.",
				Why:  "The browser asked for " + strconv.Quote(visible(r.Host)) + ", a name that any web site could have.",
				Do:   "Open it as http://localhost or by its IP address, with the port that Sluice printed, or write it to a folder with --output.",
			})
		case r.URL.Path != "/":
			refuse(w, r, http.StatusNotFound, trouble{What: "There is nothing here.", Why: "The preview is one page.", Do: "Open / instead."})
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			header.Set("Allow", "GET, HEAD")
			refuse(w, r, http.StatusMethodNotAllowed, trouble{What: "The preview can only be read.", Why: "The request was a " + visible(r.Method) + ".", Do: "Open it in a browser."})
		default:
			serve(w, r, load)
		}
	})
}

// local reports whether the host of a request is an IP address or localhost. An empty host comes from HTTP/1.0 clients,
// which are not browsers.
func local(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

func serve(w http.ResponseWriter, r *http.Request, load func(context.Context) (*Page, error)) {
	page, err := load(r.Context())
	if r.Context().Err() != nil {
		return // no client is left to read it
	}
	var b bytes.Buffer
	if err == nil {
		err = page.Write(&b)
	}
	if err != nil {
		do := bitbucket.Hint(err)
		if do == "" {
			do = "Fix the cause and reload this page; you need not restart anything."
		}
		refuse(w, r, http.StatusInternalServerError, trouble{What: "The preview could not be made.", Why: visible(err.Error()), Do: do})
		return
	}
	send(w, r, http.StatusOK, b.Bytes())
}

func refuse(w http.ResponseWriter, r *http.Request, status int, t trouble) {
	f := newFrame()
	f.Trouble = &t
	var b bytes.Buffer
	if err := pages().ExecuteTemplate(&b, "trouble.html.tmpl", f); err != nil {
		http.Error(w, t.What, status)
		return
	}
	send(w, r, status, b.Bytes())
}

func send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser has gone, so there is nobody to tell
	}
}
