package hook

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// maxAsked limits the number of texts in one request.
const maxAsked = 1000

// Reviewed asks which findings have a text that is reviewed on the server, for the repository or for all. The texts are
// not sent. The request holds their hashes with a key that is made for this request. The server compares them with the
// hashes of its own encrypted texts, and keeps nothing. The server's own key, which protects its stored hashes, never
// leaves it.
func (s *Server) Reviewed(ctx context.Context, repository string, findings []scan.Finding) ([]bool, error) {
	reviewed := make([]bool, len(findings))
	var texts []string
	at := map[string][]int{}
	for i := range findings {
		text := findings[i].Secret.Reveal()
		if text == "" {
			continue
		}
		if at[text] == nil {
			texts = append(texts, text)
		}
		at[text] = append(at[text], i)
	}
	for part := range slices.Chunk(texts, maxAsked) {
		var question struct {
			Key    []byte   `json:"key"`
			Hashes []string `json:"hashes"`
		}
		question.Key = make([]byte, 32)
		_, _ = rand.Read(question.Key) // never fails (crypto/rand)
		of := map[string]string{}
		for _, text := range part {
			mac := hmac.New(sha256.New, question.Key)
			_, _ = mac.Write([]byte(text)) // a hash never fails
			hash := hex.EncodeToString(mac.Sum(nil))
			of[hash] = text
			question.Hashes = append(question.Hashes, hash)
		}
		var told struct {
			Reviewed []string `json:"reviewed"`
		}
		if err := s.call(ctx, reviewedTime, http.MethodPost, repository, "/reviewed", question, &told); err != nil {
			return nil, err
		}
		for _, hash := range told.Reviewed {
			if text, ok := of[hash]; ok {
				for _, i := range at[text] {
					reviewed[i] = true
				}
			}
		}
	}
	return reviewed, nil
}
