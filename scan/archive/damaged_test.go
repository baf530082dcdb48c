package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

const (
	cutOff  = "unpacked in part only, because the archive is cut off there"
	damaged = "unpacked in part only, because the archive is damaged there"
)

// mixed returns text that does not compress well.
func mixed(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%x\n", i*i*7919)
	}
	return b.String()[:n]
}

// patched changes bytes of data at an offset from every place where mark occurs.
func patched(data, mark string, offset int, change ...byte) string {
	out := []byte(data)
	for from := 0; ; {
		at := bytes.Index(out[from:], []byte(mark))
		if at < 0 {
			return string(out)
		}
		copy(out[from+at+offset:], change)
		from += at + len(mark)
	}
}

func TestDamagedArchives(t *testing.T) {
	t.Parallel()
	first, second, third := entry{"1.txt", "TOKEN_first\n"}, entry{"2.txt", "TOKEN_second\n" + mixed(5000)}, entry{"3.txt", "TOKEN_third\n"}
	zipped, stored := zipOf(t, first, second, third), zipBy(t, zip.Store, first, second, third)
	tarred := tarOf(t, first, second, third)
	compressed := gzipOf(t, "", tarred)
	const local, central = "PK\x03\x04", "PK\x01\x02"
	all := []string{"a.x!/1.txt:1:1", "a.x!/2.txt:1:1", "a.x!/3.txt:1:1"}
	directory, body := strings.Index(zipped, central), strings.Index(zipped, "2.txt")+5
	tests := map[string]struct {
		content  string
		want     []string
		failures []string
	}{
		"zip without its directory":    {zipped[:directory], all, []string{"a.zip: " + cutOff}},
		"zip cut in its directory":     {zipped[:directory+60], all, []string{"a.zip: " + cutOff}},
		"zip cut in the second file":   {zipped[:strings.Index(zipped, "2.txt")+1000], all[:2], []string{"a.zip: " + cutOff}},
		"stored zip without directory": {stored[:strings.Index(stored, central)], all, []string{"a.zip: " + cutOff}},
		"stored zip, cut":              {stored[:strings.Index(stored, "2.txt")+1000], all[:2], []string{"a.zip: " + cutOff}},
		"tar, cut in the second file":  {tarred[:2000], all[:2], []string{"a.zip: " + cutOff}},
		"tar, cut between files":       {tarred[:1024], all[:1], nil},
		"tar, damaged header":          {tarred[:1024] + strings.Repeat("x", 512) + tarred[1536:], all[:1], []string{"a.zip: " + damaged}},
		"tar.gz, cut":                  {compressed[:1000], all[:2], []string{"a.zip: " + cutOff}},
		"tar.gz, garbage behind":       {compressed + "garbage", all, nil},
		"gz, garbage behind":           {gzipOf(t, "1.txt", "TOKEN_first\n") + "garbage of more than ten bytes", all[:1], []string{"a.zip: " + damaged}},
		"gz, wrong checksum":           {patched(gzipOf(t, "1.txt", first.content), "\x1f\x8b", 35, 0), all[:1], []string{"a.zip: " + damaged}},
		"deb, cut":                     {debOf(entry{"1.txt.gz", gzipOf(t, "", first.content)}, entry{"b.txt", mixed(1000)})[:500], []string{"a.x!/1.txt.gz!/1.txt:1:1"}, []string{"a.zip: " + cutOff}},
		"deb, malformed":               {debOf(entry{"1.txt.gz", gzipOf(t, "", first.content)}) + strings.Repeat("x", 60), []string{"a.x!/1.txt.gz!/1.txt:1:1"}, []string{"a.zip: " + damaged}},
		// The directory's length of a file cannot be trusted.
		"zip that says files are small":    {patched(zipped, central, 24, 1, 0, 0, 0), all, nil},
		"zip that says files are large":    {patched(zipped, central, 24, 0xff, 0xff, 0xff, 0x7f), all, nil},
		"zip that says bodies are short":   {patched(zipped, central, 20, 2, 0, 0, 0), []string{}, []string{"a.zip!/1.txt: " + cutOff, "a.zip!/2.txt: " + cutOff, "a.zip!/3.txt: " + cutOff}},
		"zip that says bodies are long":    {patched(zipped, central, 20, 0xff, 0xff, 0xff, 0x7f), all, []string{"a.zip!/1.txt: " + cutOff, "a.zip!/2.txt: " + cutOff, "a.zip!/3.txt: " + cutOff}},
		"zip with a wrong checksum":        {patched(patched(zipped, central, 16, 1, 2, 3, 4), local, 14, 1, 2, 3, 4), all, nil},
		"zip whose entries lead out":       {patched(zipped, central, 42, 0xff, 0xff, 0xff, 0x7f), []string{}, []string{"a.zip!/1.txt: " + cutOff, "a.zip!/2.txt: " + cutOff, "a.zip!/3.txt: " + cutOff}},
		"zip whose entries lead nowhere":   {patched(zipped, central, 42, 7, 0, 0, 0), []string{}, []string{"a.zip!/1.txt: " + damaged, "a.zip!/2.txt: " + damaged, "a.zip!/3.txt: " + damaged}},
		"zip of a damaged directory":       {patched(zipped, "PK\x01\x02\x14\x00\x14\x00\x08\x00\x08\x00\x00\x00\x00\x00", 28, 0xff, 0xff), []string{}, []string{"a.zip: " + cutOff}},
		"zip whose directory says empty":   {patched(zipped, "PK\x05\x06", 8, make([]byte, 8)...), all, []string{"a.zip: " + cutOff}},
		"zip whose directory is elsewhere": {patched(zipped, "PK\x05\x06", 16, 0xff, 0xff, 0xff, 0x7f), all, []string{"a.zip: " + cutOff}},
		"zip with damaged compression":     {zipped[:body] + "\xff\xff\xff" + zipped[body+3:], []string{all[0], all[2]}, []string{"a.zip!/2.txt: " + damaged}},
		"zip with something in front":      {local + strings.Repeat("x", 100) + zipped, all, nil},
		"zip that is a name only":          {local + "xx", []string{}, []string{"a.zip: " + cutOff}},
		"gz that is a name only":           {"\x1f\x8b\x08\x00xxxxxxxxxxxxxxxxxx", []string{}, []string{"a.zip: " + damaged}},
		"bz2 that is a name only":          {"BZh91AY&SYxxxxxxxxxxxxx", []string{}, []string{"a.zip: " + damaged}},
		"zip with a comment like its end":  {withComment(zipped, "PK\x05\x06 is where it ends"), all, nil},
		"zip with a comment":               {withComment(zipped, strings.Repeat("c", 60_000)), all, nil},
		"damage within is named where it is": {zipOf(t, entry{"in.tgz", compressed[:1000]}, third), []string{"a.x!/3.txt:1:1", "a.x!/in.tgz!/1.txt:1:1", "a.x!/in.tgz!/2.txt:1:1"},
			[]string{"a.zip!/in.tgz: " + cutOff}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := scanTree(t, tree{"a.zip": test.content}, archive.Options{})
			want := []string{}
			for _, place := range test.want {
				want = append(want, strings.Replace(place, "a.x", "a.zip", 1))
			}
			require.Equal(t, want, places(result))
			var named []string
			for _, f := range test.failures {
				named = append(named, "secrets "+f)
			}
			require.Equal(t, append([]string{}, named...), failures(result))
			require.Equal(t, len(test.failures) == 0, result.Complete(), "what could not be unpacked must not pass for clean")
		})
	}
}

func withComment(data, comment string) string {
	out := []byte(data + comment)
	binary.LittleEndian.PutUint16(out[len(data)-2:], uint16(len(comment)))
	return string(out)
}

// Other kinds of files may begin like an archive; they need no report.
func TestNotAnArchiveAfterAll(t *testing.T) {
	t.Parallel()
	files := tree{
		"a.bin": "PK\x03\x04 and then\x00something else", "b.dat": "\x1f\x8b\x08\x00" + strings.Repeat("\xff", 50), "c": "BZh91AY&SY and more of it",
		"d.txt": "PK\x03\x04TOKEN_text", "e.a": "!<arch>\n/               0           0     0     0       10        `\n0123456789", "f": strings.Repeat("0000000 ", 100),
	}
	result := scanTree(t, files, archive.Options{})
	require.Equal(t, []string{"d.txt:1:5"}, places(result))
	require.Empty(t, failures(result))
	require.Empty(t, result.Notes)
	require.Zero(t, result.Stats.Archives)
}

func TestManyDamagedFilesAreCounted(t *testing.T) {
	t.Parallel()
	list := make([]entry, 30)
	for i := range list {
		list[i] = entry{fmt.Sprintf("%02d.txt", i), mixed(100)}
	}
	result := scanTree(t, tree{"a.zip": patched(zipOf(t, list...), "PK\x01\x02", 20, 3, 0, 0, 0)}, archive.Options{})
	require.Len(t, result.Failures, 11)
	require.Equal(t, "secrets a.zip: 20 more parts of it are damaged", failures(result)[0])
}

// TestCutAnywhere cuts archives of each kind after each byte. The output must be the beginning of the original content,
// and a cut that loses something must be reported.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	entries := []entry{{"1.txt", "TOKEN_first\n"}, {"2.zip", zipOf(t, entry{"in.txt", "TOKEN_in\n"})}, {"3.txt", mixed(300)}}
	u := archive.New(archive.Options{})
	for name, whole := range map[string]string{
		"zip": zipOf(t, entries...), "stored": zipBy(t, zip.Store, entries...), "tar": tarOf(t, entries...),
		"tgz": gzipOf(t, "", tarOf(t, entries...)), "gz": gzipOf(t, "", mixed(300)), "deb": debOf(entries...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			full := unpacked(u, whole)
			require.Empty(t, full.failures)
			lost := 0
			for n := range whole {
				cut := unpacked(u, whole[:n])
				for path, text := range cut.texts {
					// A part of a nested archive, or of the mark after a stored file, may look like text.
					want, ok := full.texts[path]
					require.True(t, !ok || strings.HasPrefix(want, text) || strings.HasPrefix(text, want), "%s of the first %d bytes", path, n)
				}
				if len(cut.texts) == len(full.texts) && len(cut.failures) == 0 {
					continue
				}
				lost++
				require.True(t, len(cut.failures) > 0 || len(cut.texts) < 2 || name == "tar" || name == "deb", "the first %d bytes", n)
			}
			require.Positive(t, lost)
		})
	}
}

type unpackedText struct {
	texts    map[string]string
	failures []scan.Failure
}

func unpacked(u *archive.Unpacker, content string) unpackedText {
	out := unpackedText{texts: map[string]string{}}
	c := &scan.Content{File: scan.File{Path: "a.zip"}, Data: []byte(content)}
	if u.Opens(c.Data) {
		out.failures = u.Unpack(context.Background(), c, func(path string, data []byte) { out.texts[path] = string(data) }).Failures
	}
	return out
}
