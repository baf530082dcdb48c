package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// sample is a text that a person wrote, and how often the model counts it.
type sample struct {
	text   string
	weight float64
}

// texts are the samples, apart from those that are kept back to measure with.
type texts struct {
	learn []sample
	// held are kept back, by kind.
	held map[string][]string
}

var (
	identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]{2,63}`)
	literal    = regexp.MustCompile(`"[A-Za-z0-9._/:@#!-]{3,64}"|'[A-Za-z0-9._/:@#!-]{3,64}'`)
)

// read reads dictionaries and source code. Each distinct text counts once.
func read(words, code []string) (*texts, error) {
	t := &texts{held: make(map[string][]string)}
	for _, name := range words {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read a dictionary: %w", err)
		}
		// Dictionaries differ in size; each has the same weight in the end.
		list := plain(strings.Fields(string(data)))
		for _, w := range list {
			t.add("words", w, 200_000/float64(len(list)))
			if fold(w)%8 == 0 {
				// People join words and put numbers behind them.
				other := list[fold(w+"+")%uint64(len(list))]
				t.add("words", strings.ToUpper(w[:1])+w[1:]+strings.ToUpper(other[:1])+other[1:], 1)
				t.add("chosen passwords", fmt.Sprintf("%s%d", w, fold(w+"#")%1000), 1)
				t.add("chosen passwords", fmt.Sprintf("%s_%s", w, other), 1)
			}
		}
	}
	seen := make(map[string]bool)
	for _, folder := range code {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".py" || strings.Contains(path, "testdata") {
				return err
			}
			data, err := os.ReadFile(path) //nolint:gosec // a person names the folders of code to learn from
			if err != nil {
				return err
			}
			for _, m := range identifier.FindAll(data, -1) {
				t.once(seen, "identifiers", m)
			}
			for _, m := range literal.FindAll(data, -1) {
				t.once(seen, "literals", m[1:len(m)-1])
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read source code: %w", err)
		}
	}
	return t, nil
}

// once adds a text that was not added before, unless it may be random itself: source code has tables of digits.
func (t *texts) once(seen map[string]bool, kind string, text []byte) {
	digits := 0
	for _, b := range text {
		if '0' <= b && b <= '9' {
			digits++
		}
	}
	if key := string(text); !seen[key] && digits*4 <= len(text) && len(bytes.Trim(text, "_")) > 2 {
		seen[key] = true
		t.add(kind, key, 1)
	}
}

// add keeps back one text in ten.
func (t *texts) add(kind, text string, weight float64) {
	if fold(text)%10 == 3 {
		t.held[kind] = append(t.held[kind], text)
		return
	}
	t.learn = append(t.learn, sample{text, weight})
}

// fold hashes a text.
func fold(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return h.Sum64()
}

// plain returns the words of three letters and more that have only letters without accents, sorted; accents are taken off.
func plain(words []string) []string {
	bare := strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss", "é", "e", "è", "e", "ê", "e", "à", "a", "á", "a", "â", "a", "ã", "a", "å", "a",
		"í", "i", "ì", "i", "î", "i", "ó", "o", "ò", "o", "ô", "o", "õ", "o", "ú", "u", "ù", "u", "û", "u", "ç", "c", "ñ", "n", "ł", "l", "ś", "s", "ż", "z",
		"ź", "z", "ć", "c", "ń", "n", "ą", "a", "ę", "e")
	var list []string
	for _, w := range words {
		w = bare.Replace(strings.ToLower(w))
		if len(w) > 2 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
			list = append(list, w)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
