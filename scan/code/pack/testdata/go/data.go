package data

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"database/sql"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	// ruleid: go-debug-on
	_ "net/http/pprof"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
	"go.mongodb.org/mongo-driver/bson"
)

// ok: go-debug-on
var _ = bson.M{}

func find(db *sql.DB, c *gin.Context) {
	var order struct{ By string }
	c.ShouldBindJSON(&order)
	// ruleid: go-sql-injection
	db.QueryContext(c, "SELECT * FROM orders ORDER BY "+order.By)
	// ok: go-sql-injection
	db.QueryContext(c, "SELECT * FROM orders WHERE id = ?", order.By)
	if slices.Contains([]string{"name", "date"}, order.By) {
		// ok: go-sql-injection
		db.QueryContext(c, "SELECT * FROM orders ORDER BY "+order.By)
	}
	// ruleid: go-nosql-injection
	filter := bson.M{"$where": "this.name == '" + c.Query("name") + "'"}
	// ok: go-nosql-injection
	other := bson.M{"name": c.Query("name")}
	use(filter, other)
}

func remove(db *sql.DB, table string) {
	query := "DELETE FROM " + table
	// ruleid: go-sql-text
	db.Exec(query)
	// ok: go-sql-text
	db.Exec("DELETE FROM orders WHERE name = ?", table)
}

func list(folder string) {
	// ruleid: go-shell-text
	exec.Command("sh", "-c", "ls "+folder).Run()
	// ok: go-shell-text
	exec.Command("ls", folder).Run()
}

func main() {
	db, _ := sql.Open("sqlite", "orders.db")
	// ruleid: go-sql-injection-own
	db.Query("SELECT * FROM orders WHERE name = '" + os.Args[1] + "'")
	// ok: go-sql-injection-own
	db.Query("SELECT * FROM orders WHERE name = ?", os.Args[1])
	// ruleid: go-command-injection-own
	exec.Command("bash", "-c", os.Getenv("HOOK")).Run()
	// ok: go-command-injection-own
	exec.Command("git", "show", os.Args[1]).Run()
	// ruleid: go-path-traversal-own
	os.ReadFile(os.Args[1])
	// ok: go-path-traversal-own
	os.ReadFile(filepath.Base(os.Args[1]))
	// ruleid: go-ssrf-own
	http.Get(os.Args[1])
	// ok: go-ssrf-own
	http.Get("https://example.com/items/" + os.Args[1])
	// ruleid: go-server-without-timeout
	http.ListenAndServe("localhost:8080", nil)
	// ok: go-server-without-timeout
	server := http.Server{Addr: "localhost:8080", ReadHeaderTimeout: time.Second}
	server.ListenAndServe()
	// ruleid: go-all-interfaces
	net.Listen("tcp", ":8080")
	// ok: go-all-interfaces
	net.Listen("tcp", "127.0.0.1:8080")
	// ruleid: go-hardcoded-secret
	sql.Open("postgres", "postgres://shop:Ks8-harbour@db.example.com/shop")
	// ok: go-hardcoded-secret
	sql.Open("postgres", os.Getenv("DATABASE_URL"))
}

func page(w http.ResponseWriter, r *http.Request) {
	// ruleid: go-code-injection
	t, _ := template.New("page").Parse(r.FormValue("page"))
	// ok: go-code-injection
	u, _ := template.New("page").Parse("{{.Name}}")
	// ok: go-code-injection
	d, _ := digest.Parse(r.FormValue("digest"))
	// ruleid: go-log-injection
	log.Println("asked for " + r.FormValue("name"))
	// ok: go-log-injection
	log.Printf("asked for %q", r.FormValue("name"))
	// ruleid: go-cookie-flags
	http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
	// ok: go-cookie-flags
	http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Secure: true, HttpOnly: true})
	// ruleid: go-cors-any
	w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	// ok: go-cors-any
	rules := cors.Config{AllowOrigins: []string{"https://example.com"}, AllowCredentials: true}
	use(t, u, rules)
}

func unpack(r *zip.Reader, base string) {
	for _, f := range r.File {
		// ruleid: go-zip-slip
		out, _ := os.Create(filepath.Join(base, f.Name))
		if !filepath.IsLocal(f.Name) {
			continue
		}
		// ok: go-zip-slip
		second, _ := os.Create(filepath.Join(base, f.Name))
		use(out, second)
	}
}

func inflate(to io.Writer, from io.Reader) {
	reader, _ := gzip.NewReader(from)
	// ruleid: go-decompression-bomb
	io.Copy(to, reader)
	// ok: go-decompression-bomb
	io.Copy(to, io.LimitReader(reader, 1<<20))
}

func files(data []byte) {
	// ruleid: go-file-permissions
	os.WriteFile("report.txt", data, 0o666)
	// ok: go-file-permissions
	os.WriteFile("report.txt", data, 0o600)
	// ruleid: go-temp-file
	os.Create("/tmp/report.txt")
	// ok: go-temp-file
	os.CreateTemp("", "report")
}

func seal(key, text, random []byte) {
	block, _ := aes.NewCipher(key)
	aead, _ := cipher.NewGCM(block)
	nonce := []byte("123456789012")
	// ruleid: go-constant-vector
	aead.Seal(nil, nonce, text, nil)
	fresh := make([]byte, 12)
	io.ReadFull(source, fresh)
	// ok: go-constant-vector
	aead.Seal(nil, fresh, text, nil)
	// ruleid: go-weak-hash
	md5.Sum(text)
	// ok: go-weak-hash
	sha256.Sum256(text)
	// ruleid: go-weak-key
	rsa.GenerateKey(source, 1024)
	// ok: go-weak-key
	rsa.GenerateKey(source, 3072)
	// ruleid: go-tls-old
	use(&tls.Config{MinVersion: tls.VersionTLS10})
	// ok: go-tls-old
	use(&tls.Config{MinVersion: tls.VersionTLS13})
	// ok: go-hardcoded-secret
	use(hmac.New(sha256.New, key))
}

func makeToken() int {
	// ruleid: go-weak-random, go-predictable-random
	return rand.Intn(1000000)
}

func delay() int {
	// ok: go-weak-random
	// ruleid: go-predictable-random
	return rand.Intn(10)
}

func claims(ctx context.Context, text string) {
	// ok: go-predictable-random
	use(strings.Repeat("a", 3))
	// ruleid: go-jwt-unverified
	jwt.NewParser().ParseUnverified(text, jwt.MapClaims{})
	// ok: go-jwt-unverified
	jwt.Parse(text, key, jwt.WithValidMethods([]string{"RS256"}))
}
