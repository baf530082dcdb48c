package samples

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"
)

func contexts(ctx context.Context) {
	// ruleid: go-context-leak
	first, _ := context.WithTimeout(ctx, time.Second)
	use(first)
	// ruleid: go-context-leak
	second, stop := context.WithCancel(ctx)
	_ = stop
	use(second)
	// ok: go-context-leak
	third, end := context.WithCancel(ctx)
	defer end()
	use(third)
	all, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// ok: go-context-leak
	all, _ = context.WithTimeout(all, time.Second)
	use(all)
	// ok: go-context-leak
	fourth, hand := context.WithCancel(ctx)
	keep(hand)
	_ = hand
	use(fourth)
	// ok: go-context-leak
	_ = context.WithValue(ctx, 1, 2)
}

func (p *poller) forever(ctx context.Context, address string) {
	// ruleid: go-context-ignored
	for {
		answer, _ := http.Get(address)
		use(answer)
		time.Sleep(time.Second)
	}
}

func (p *poller) until(ctx context.Context, address string) error {
	// ok: go-context-ignored
	for {
		if _, err := http.Get(address); err != nil {
			return err
		}
	}
}

func waits(ctx context.Context, work <-chan int) {
	// ok: go-context-ignored
	for {
		select {
		case <-ctx.Done():
		case <-work:
		}
	}
}

func asks(ctx context.Context) {
	// ok: go-context-ignored
	for {
		if ctx.Err() != nil {
			break
		}
	}
	// ok: go-context-ignored
	for i := 0; i < 3; i++ {
		use(i)
	}
}

func spawn(ctx context.Context) {
	go func() {
		// ruleid: go-context-lost
		use(context.Background())
	}()
	// ruleid: go-context-lost
	go work(context.TODO())
	// ruleid: go-context-lost
	other := context.Background()
	go func(c context.Context) {
		use(c)
	}(other)
	// ok: go-context-lost
	go work(ctx)
}

func begin() {
	// ok: go-context-lost
	go work(context.Background())
}

func numbers(text string) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return
	}
	// ruleid: go-integer-narrowing
	use(int16(n))
	// ok: go-integer-narrowing
	use(int64(n))
	if n > 0 && n < 1000 {
		// ok: go-integer-narrowing
		use(int32(n))
	}
	wide, _ := strconv.ParseInt(text, 10, 64)
	// ruleid: go-integer-narrowing
	use(uint32(wide))
	narrow, _ := strconv.ParseInt(text, 10, 32)
	// ok: go-integer-narrowing
	use(int32(narrow))
	// ok: go-integer-narrowing
	use(byte(n % 256))
}

func indexes() {
	four := make([]byte, 4)
	// ruleid: go-index-out-of-range
	use(four[4])
	// ok: go-index-out-of-range
	use(four[3])
	var ten [10]int
	at := 12
	// ruleid: go-index-out-of-range
	use(ten[at])
	below := -1
	// ruleid: go-index-out-of-range
	use(ten[below])
	more := make([]int, 0)
	more = append(more, 1)
	// ok: go-index-out-of-range
	use(more[0])
	// ruleid: go-index-out-of-range
	use(four[1:5])
	// ok: go-index-out-of-range
	use(four[:4])
	for i := 4; i < 11; i++ {
		// ruleid: go-index-out-of-range
		use(ten[i])
	}
	for i := 0; i < 10; i++ {
		// ok: go-index-out-of-range
		use(ten[i])
	}
	for i := 0; i <= len(four); i++ {
		// ruleid: go-index-out-of-range
		use(four[i])
	}
	for i := 0; i <= len(four); i++ {
		if i < len(four) {
			// ok: go-index-out-of-range
			use(four[i])
		}
	}
	none := make([]int, 0)
	if len(none) > 0 {
		// ok: go-index-out-of-range
		use(none[0])
	}
}

func grows(list []int) int {
	grown := make([]int, 0, len(list))
	for _, each := range list {
		grown = append(grown, each)
	}
	// ok: go-index-out-of-range
	return grown[0]
}

func upload(w http.ResponseWriter, r *http.Request) {
	// ruleid: go-body-without-limit
	_ = r.ParseMultipartForm(1 << 20)
}

func limited(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	// ok: go-body-without-limit
	_ = r.ParseMultipartForm(1 << 20)
}

func clean(root string) {
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		// ruleid: go-walk-race
		return os.Remove(path)
	})
	_ = filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		// ok: go-walk-race
		use(path)
		return os.Remove("/tmp/list")
	})
}

func clients(token string) {
	use(&http.Client{CheckRedirect: func(next *http.Request, before []*http.Request) error {
		// ruleid: go-redirect-credentials
		next.Header.Set("Authorization", token)
		return nil
	}})
	use(&http.Client{CheckRedirect: func(next *http.Request, before []*http.Request) error {
		if next.URL.Host == before[0].URL.Host {
			// ok: go-redirect-credentials
			next.Header.Set("Authorization", token)
		}
		// ok: go-redirect-credentials
		next.Header.Set("Accept", "text/plain")
		return errors.New("stop")
	}})
}

var lastKey ssh.PublicKey

func callbacks(config *ssh.ServerConfig, keys map[string]ssh.PublicKey) {
	config.PublicKeyCallback = func(conn ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		// ruleid: go-ssh-key-kept
		lastKey = key
		// ruleid: go-ssh-key-kept
		keys[conn.User()] = key
		// ok: go-ssh-key-kept
		own := key
		return &ssh.Permissions{Extensions: map[string]string{"key": string(own.Marshal())}}, nil
	}
}

type login struct {
	Name     string
	Password string
}

type row struct {
	Name   string
	Digest string
}

type account struct {
	Name     string
	Password string `json:"-"`
}

type masked string

type settings struct {
	Password masked
}

func texts(w http.ResponseWriter, l *login) {
	// ruleid: go-secret-in-json
	_, _ = json.Marshal(login{})
	// ruleid: go-secret-in-json
	_ = json.NewEncoder(w).Encode(l)
	// ok: go-secret-in-json
	_, _ = json.Marshal(row{})
	// ok: go-secret-in-json
	_, _ = json.Marshal(account{})
	// ok: go-secret-in-json
	_, _ = json.Marshal(settings{})
}

func lengths(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "10")
	// ruleid: go-request-smuggling
	w.Header().Set("Transfer-Encoding", "chunked")
}

func length(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "10")
	// ok: go-request-smuggling
	w.Header().Set("Content-Type", "text/plain")
}
