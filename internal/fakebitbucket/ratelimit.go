package fakebitbucket

import (
	"net/http"
	"strconv"
)

// spend counts a request against its credential's limit. It returns the 429 if nothing is left.
func (s *Server) spend(c *call) (Answer, bool) {
	if s.config.rateLimit == 0 || c.route.dialect != Cloud {
		return Answer{}, true
	}
	now := s.config.now().UnixNano()
	recent := s.spent[c.who.name]
	for len(recent) > 0 && recent[0] <= now-s.config.rateWindow.Nanoseconds() {
		recent = recent[1:]
	}
	if len(recent) >= s.config.rateLimit {
		s.spent[c.who.name] = recent
		a := envelope(http.StatusTooManyRequests, ThrottleText, nil)
		s.rateHeaders(c, a)
		return a, false
	}
	s.spent[c.who.name] = append(recent, now)
	return Answer{}, true
}

// rateHeaders adds the three headers for a limited credential.
func (s *Server) rateHeaders(c *call, a Answer) {
	if s.config.rateLimit == 0 || c.route.dialect != Cloud {
		return
	}
	near := 5*len(s.spent[c.who.name]) > 4*s.config.rateLimit
	a.Header.Set("X-RateLimit-Limit", strconv.Itoa(s.config.rateLimit))
	a.Header.Set("X-RateLimit-NearLimit", strconv.FormatBool(near))
	a.Header.Set("X-RateLimit-Resource", "repository")
}
