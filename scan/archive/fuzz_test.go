package archive_test

import (
	"archive/zip"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

// For any bytes, the work stays within its limits, gives the same result twice, and names nothing outside the archive.
func FuzzUnpack(f *testing.F) {
	entries := []entry{{"1.txt", "TOKEN_first\n"}, {"../2.zip", zipOf(f, entry{"in.txt", "TOKEN_in\n"})}, {"3.txt", mixed(300)}, {"4.bin", "\x00\x01"}}
	for _, seed := range []string{
		zipOf(f, entries...), zipBy(f, zip.Store, entries...), tarOf(f, entries...), gzipOf(f, "", tarOf(f, entries...)), gzipOf(f, "name", mixed(300)),
		debOf(entries...), zipOf(f, entries...)[:200], nested(f, 5, "TOKEN_deep"), overlapping(f, 20, 100), withComment(zipOf(f, entries...), "comment"),
		unbase64(f, "QlpoOTFBWSZTWUSfNTgAAAfHgAAQAgmEAK4JwAAgADFMAAEI0YnqPKAandTSHCSrXxdyRThQkESfNTg="),
		"PK\x06\x07PK\x05\x06", "\xfd7zXZ\x00", "PK\x05\x06" + strings.Repeat("\x00", 18),
	} {
		f.Add([]byte(seed))
	}
	options := archive.Options{MaxBytes: 1 << 20, RatioFrom: 1 << 16, MaxEntries: 50, MaxEntryBytes: 1 << 17}
	u, fresh := archive.New(options), archive.New(options)
	f.Fuzz(func(t *testing.T, data []byte) {
		type shown struct{ path, text string }
		run := func(u *archive.Unpacker) (list []shown, answer scan.Unpacked) {
			answer = u.Unpack(context.Background(), &scan.Content{File: scan.File{Path: "a"}, Data: data}, func(path string, text []byte) {
				list = append(list, shown{path, string(text)})
			})
			return list, answer
		}
		list, answer := run(u)
		again, sameAnswer := run(fresh)
		require.Equal(t, list, again)
		require.Equal(t, answer, sameAnswer)
		require.LessOrEqual(t, answer.Bytes, options.MaxBytes+int64(len(data))+1<<18)
		require.LessOrEqual(t, len(list), options.MaxEntries)
		require.LessOrEqual(t, answer.Files, options.MaxEntries)
		for _, s := range list {
			require.True(t, strings.HasPrefix(s.path, "a!/"), s.path)
			require.LessOrEqual(t, len(s.text), 1<<17)
			for _, step := range strings.Split(s.path, "!/") {
				require.NotContains(t, strings.Split(step, "/"), "..")
				require.False(t, strings.HasPrefix(step, "/"))
			}
		}
		for _, o := range answer.Omitted {
			require.LessOrEqual(t, len(o.Paths), scan.MaxNamed)
			require.LessOrEqual(t, len(o.Paths), o.Count)
		}
		require.LessOrEqual(t, len(answer.Failures), 11)
	})
}
