package looks

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// Service is what is known of the credentials of a service. It is immutable.
type Service struct {
	// Word is true when the name of the service is a word that means something else as often: box, column.
	Word   bool
	shapes []credential
}

// credential is the shape of a service's credentials, as the service hands them out. A shape with a length of 0 is a UUID.
type credential struct {
	length int
	class  uint8
	extra  string
}

// services holds the services by their names in lower case, without blanks and signs. The lists have a line for each: the
// name, and behind a colon the shapes between bars, for example hex32, alnum40, url22, digit16 or uuid. A service without a
// shape hands out credentials of any form.
var services = sync.OnceValue(func() map[string]*Service {
	list := make(map[string]*Service, 2048)
	read := func(entries ascii.Words, word bool) {
		for entry := range entries {
			name, forms, _ := strings.Cut(entry, ":")
			s := &Service{Word: word}
			for form := range strings.SplitSeq(forms, "|") {
				if form != "" {
					s.shapes = append(s.shapes, parseShape(form))
				}
			}
			list[name] = s
		}
	}
	read(wordlist.Set("service-words"), true)
	read(wordlist.Set("services"), false)
	return list
})

// ShapedServices returns the names of the services whose credentials have a known shape, in lower case, in order. Names that are
// words of other meanings, and names of less than five letters, are left out.
func ShapedServices() []string {
	var names []string
	for name, s := range services() {
		if s.Known() && !s.Word && len(name) >= 5 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// parseShape reads a shape of the lists. It panics when the shape is unknown, because the lists are part of the program.
func parseShape(form string) credential {
	digits := strings.TrimLeft(form, "abcdefghijklmnopqrstuvwxyz")
	var c credential
	c.length, _ = strconv.Atoi(digits)
	switch form[:len(form)-len(digits)] {
	case "uuid":
		return credential{}
	case "hex":
		c.class = ascii.ClassHex
	case "digit":
		c.class = ascii.ClassDigit
	case "alnum":
		c.class = ascii.ClassAlnum
	case "url":
		c.class, c.extra = ascii.ClassAlnum, "-_"
	default:
		panic("looks: unknown shape of a credential: " + form)
	}
	return c
}

// maxService is the length of the longest run of words that is looked up as the name of a service.
const maxService = 24

// ServiceOf returns the last service that some words name, alone or as two or three words run together. at is the place of its
// last word. It returns nil when there is none.
func ServiceOf(words [][]byte) (s *Service, at int) {
	var name [maxService]byte
	for at := len(words) - 1; at >= 0; at-- {
		for from := at; from >= 0 && from > at-3; from-- {
			joined := name[:0]
			for _, w := range words[from : at+1] {
				if len(joined)+len(w) > maxService {
					joined = name[:0]
					break
				}
				joined = append(joined, w...)
			}
			for i, b := range joined {
				if ascii.Is(b, ascii.ClassUpper) {
					joined[i] = b | 0x20
				}
			}
			if s := services()[string(joined)]; s != nil && len(joined) > 1 {
				return s, at
			}
		}
	}
	return nil, 0
}

// joinedNouns are nouns that names put behind a service without a sign between, the longer ones first.
var joinedNouns = [...]string{"secrettoken", "privatetoken", "accesstoken", "privatekey", "accesskey", "secretkey", "apitoken", "authtoken", "apikey", "authkey", "secret", "token", "key"}

// ServiceNoun splits a word at the end of a name into a service and a noun: spotifykey, TRELLOTOKEN. It returns nil when the
// word is not made of both.
func ServiceNoun(word []byte) (service, noun []byte) {
	for _, end := range joinedNouns {
		at := len(word) - len(end)
		if at < 3 || !ascii.EqualFold(word[at:], []byte(end)) {
			continue
		}
		if s, _ := ServiceOf([][]byte{word[:at]}); s != nil && !s.Word {
			return word[:at], word[at:]
		}
	}
	return nil, nil
}

// Known reports whether the shapes of the service's credentials are known.
func (s *Service) Known() bool { return len(s.shapes) > 0 }

// Fits reports whether a text has the shape of the service's credentials, as far as it is known.
func (s *Service) Fits(text []byte) bool {
	for _, c := range s.shapes {
		if c.length == 0 && UUID(text) || c.length > 0 && len(text) == c.length && ascii.OnlyOf(text, c.class, c.extra) {
			return true
		}
	}
	return false
}

// Near reports whether a text is as long as the service's credentials are and has other characters. Services change their
// alphabets more often than their lengths.
func (s *Service) Near(text []byte) bool {
	for _, c := range s.shapes {
		if c.length > 0 && len(text) == c.length && ascii.OnlyOf(text, ascii.ClassAlnum, "-_") {
			return true
		}
	}
	return false
}
