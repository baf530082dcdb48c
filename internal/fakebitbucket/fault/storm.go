package fault

import (
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strconv"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

// Storm is a mix of effects that is the same for the same seed. Whether a request is hit depends on the seed, its
// method, path and body, and how often the same request was sent before; not on the order of different requests. So two
// runs of one client get the same effects even if they send in parallel. Create one with NewStorm and inject it with
// Times: Forever. Do not inject it into two servers.
type Storm struct {
	// Percent is the share of requests that are hit; NewStorm sets 40.
	Percent int
	// Row is how often in a row the same request is hit before it must get through; NewStorm sets 2.
	Row int
	// Effects is the mix; NewStorm sets effects that a client survives by retrying.
	Effects []Effect

	seed uint64
	sent map[string]int // by request: how often it was seen
	row  map[string]int // by request: how often it was hit in a row
}

// NewStorm makes a storm from a seed.
func NewStorm(seed uint64) *Storm {
	return &Storm{
		Percent: 40, Row: 2, seed: seed, sent: map[string]int{}, row: map[string]int{},
		Effects: []Effect{
			Throttle{}, Throttle{Form: RetryDate, Text: true}, Throttle{Form: RetryNone, Text: true}, Throttle{Forbidden: true, Text: true},
			Status{Code: http.StatusInternalServerError}, Status{Code: http.StatusServiceUnavailable}, HTML{Code: http.StatusBadGateway},
			Reset{}, Late{Reset{}}, Late{Status{Code: http.StatusGatewayTimeout}}, CutBody{},
		},
	}
}

// choose draws for one request. The injector's lock guards the storm's counters.
func (e *Storm) choose(x *fakebitbucket.Exchange) Effect {
	digest := fnv.New64a()
	digest.Write(x.Body()) // a hash never fails
	request := x.Record().Method + " " + x.HTTP().URL.RequestURI() + " " + strconv.FormatUint(digest.Sum64(), 16)
	e.sent[request]++
	mixed := fnv.New64a()
	mixed.Write([]byte(request + " " + strconv.Itoa(e.sent[request])))
	draw := rand.New(rand.NewPCG(e.seed, mixed.Sum64())) //nolint:gosec // not used for secrets
	if draw.IntN(100) >= e.Percent || e.row[request] >= e.Row || len(e.Effects) == 0 {
		e.row[request] = 0
		return nil
	}
	e.row[request]++
	return e.Effects[draw.IntN(len(e.Effects))]
}

// apply is never called: choose returns the effects.
func (e *Storm) apply(x *fakebitbucket.Exchange) fakebitbucket.Answer { return x.Serve() }
