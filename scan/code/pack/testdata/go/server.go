package server

import (
	"crypto/aes"
	"crypto/des"
	"crypto/sha256"
	"crypto/tls"
	"database/sql"
	"fmt"
	"html"
	"html/template"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/gin-gonic/gin"
)

type server struct{ db *sql.DB }

func (s *server) orders(w http.ResponseWriter, r *http.Request) {
	customer := r.URL.Query().Get("customer")
	query := "SELECT * FROM orders WHERE customer = '" + customer + "'"
	// ruleid: go-sql-injection
	s.db.Query(query)
	// ruleid: go-sql-injection
	s.db.QueryContext(r.Context(), fmt.Sprintf("SELECT * FROM orders WHERE customer = '%s'", r.FormValue("customer")))
	// ok: go-sql-injection
	s.db.Query("SELECT * FROM orders WHERE customer = ?", customer)
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	// ok: go-sql-injection
	s.db.Query(fmt.Sprintf("SELECT * FROM orders LIMIT %d", limit))
}

func ping(c *gin.Context) {
	host := c.Query("host")
	// ruleid: go-command-injection
	exec.Command("sh", "-c", "ping -c 1 "+host).Run()
	// ruleid: go-command-injection
	exec.Command(host).Run()
	// ok: go-command-injection
	exec.Command("ping", "-c", "1", host).Run()
}

func hello(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	// ruleid: go-xss
	fmt.Fprintf(w, "<p>Hello %s</p>", name)
	// ruleid: go-xss
	w.Write([]byte("<p>Hello " + name + "</p>"))
	// ruleid: go-xss
	_ = template.HTML(name)
	// ok: go-xss
	fmt.Fprintf(w, "<p>Hello %s</p>", html.EscapeString(name))
	// The type of what has no tags is guessed by what the client sends.
	// ruleid: go-xss
	fmt.Fprintf(w, "Hello %s", name)
	w.Header().Set("Content-Type", "text/plain")
	// ok: go-xss
	fmt.Fprintf(w, "Hello %s", name)
}

func files(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	// ruleid: go-path-traversal
	os.ReadFile(filepath.Join("/srv/files", name))
	// ok: go-path-traversal
	os.ReadFile(filepath.Join("/srv/files", filepath.Base(name)))
	root, _ := os.OpenRoot("/srv/files")
	// ok: go-path-traversal
	root.Open(name)
}

func fetch(w http.ResponseWriter, r *http.Request) {
	// ruleid: go-ssrf
	http.Get(r.FormValue("url"))
	// ok: go-ssrf
	http.Get("https://api.example.com/items/" + r.FormValue("item"))
	// ruleid: go-open-redirect
	http.Redirect(w, r, r.FormValue("next"), http.StatusFound)
	// ok: go-open-redirect
	http.Redirect(w, r, "/items/"+r.FormValue("item"), http.StatusFound)
}

func values(password, text string, key []byte) {
	// ruleid: go-weak-password-hash
	sha256.Sum256([]byte(password))
	// ok: go-weak-password-hash
	sha256.Sum256([]byte(text))
	// ruleid: go-weak-cipher
	des.NewCipher(key)
	// ok: go-weak-cipher
	aes.NewCipher(key)
	// ruleid: go-tls-verify-off
	_ = &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true}
	// ok: go-tls-verify-off
	_ = &tls.Config{MinVersion: tls.VersionTLS13}
}
