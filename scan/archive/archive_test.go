package archive_test

import (
	"archive/zip"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

func TestScanLooksIntoArchives(t *testing.T) {
	t.Parallel()
	readme, config := entry{"README", "nothing\n"}, entry{"conf/app.properties", "a=b\nkey = TOKEN_inside # why\n"}
	// bzip2 of "one\nTOKEN_packed\n": the standard library has no writer.
	bzip2 := unbase64(t, "QlpoOTFBWSZTWUSfNTgAAAfHgAAQAgmEAK4JwAAgADFMAAEI0YnqPKAandTSHCSrXxdyRThQkESfNTg=")
	for name, test := range map[string]struct {
		path, content string
		want          []string
		archives      int
		files         int
	}{
		"zip":               {"lib.jar", zipOf(t, readme, config), []string{"lib.jar!/conf/app.properties:2:7"}, 1, 2},
		"zip, stored":       {"lib.jar", zipBy(t, zip.Store, readme, config), []string{"lib.jar!/conf/app.properties:2:7"}, 1, 2},
		"zip by any name":   {"picture.png", zipOf(t, config), []string{"picture.png!/conf/app.properties:2:7"}, 1, 1},
		"zip behind shell":  {"app.jar", "#!/bin/sh\nexec java -jar $0\n" + zipOf(t, readme, config), []string{"app.jar!/conf/app.properties:2:7"}, 1, 2},
		"tar":               {"a.tar", tarOf(t, readme, config), []string{"a.tar!/conf/app.properties:2:7"}, 1, 2},
		"tar.gz":            {"a.tgz", gzipOf(t, "", tarOf(t, readme, config)), []string{"a.tgz!/conf/app.properties:2:7"}, 1, 2},
		"gz":                {"d/dump.SQL.GZ", gzipOf(t, "other", config.content), []string{"d/dump.SQL.GZ!/dump.SQL:2:7"}, 1, 1},
		"gz with a name":    {"blob", gzipOf(t, "../dump.sql", config.content), []string{"blob!/dump.sql:2:7"}, 1, 1},
		"gz without a name": {"blob", gzipOf(t, "", config.content), []string{"blob!/blob:2:7"}, 1, 1},
		"gz of members":     {"log.gz", gzipOf(t, "", "one\n") + gzipOf(t, "", "TOKEN_two\n"), []string{"log.gz!/log:2:1"}, 1, 1},
		"bz2":               {"dump.bz2", bzip2, []string{"dump.bz2!/dump:2:1"}, 1, 1},
		"deb":               {"a.deb", debOf(entry{"control.tar.gz", gzipOf(t, "", tarOf(t, config))}, entry{"data.tar", tarOf(t, config)}), []string{"a.deb!/control.tar.gz!/conf/app.properties:2:7", "a.deb!/data.tar!/conf/app.properties:2:7"}, 3, 5},
		"jar within war":    {"a.war", zipBy(t, zip.Store, entry{"WEB-INF/lib/b.jar", zipOf(t, config)}), []string{"a.war!/WEB-INF/lib/b.jar!/conf/app.properties:2:7"}, 2, 2},
		"jar in a tar.gz in a zip": {"a.zip", zipOf(t, entry{"b.tar.gz", gzipOf(t, "", tarOf(t, readme, entry{"c.jar", zipOf(t, config)}, config))}),
			[]string{"a.zip!/b.tar.gz!/c.jar!/conf/app.properties:2:7", "a.zip!/b.tar.gz!/conf/app.properties:2:7"}, 3, 5},
		"zip in gz":   {"a.zip.gz", gzipOf(t, "", zipOf(t, config)), []string{"a.zip.gz!/a.zip!/conf/app.properties:2:7"}, 2, 2},
		"utf-16":      {"a.zip", zipOf(t, entry{"win.ini", utf16Of("\ufeff[a]\r\nkey=TOKEN_wide\r\n")}), []string{"a.zip!/win.ini:2:5"}, 1, 1},
		"binary":      {"a.zip", zipOf(t, entry{"x.class", "\x00\x01TOKEN_binary"}, config), []string{"a.zip!/conf/app.properties:2:7"}, 1, 2},
		"lfs pointer": {"a.zip", zipOf(t, entry{"x.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:TOKEN_ab\n"}, config), []string{"a.zip!/conf/app.properties:2:7"}, 1, 2},
		"empty file":  {"a.zip", zipOf(t, entry{"empty", ""}, config), []string{"a.zip!/conf/app.properties:2:7"}, 1, 2},
		"empty zip":   {"a.zip", zipOf(t), []string{}, 1, 0},
		"empty tar":   {"a.tgz", gzipOf(t, "", strings.Repeat("\x00", 1024)), []string{}, 1, 1},
		"empty gz":    {"a.gz", gzipOf(t, "", ""), []string{}, 1, 1},
		"two of a name": {"a.zip", zipOf(t, entry{"x", "TOKEN_same"}, entry{"x", "\nTOKEN_same TOKEN_other"}),
			[]string{"a.zip!/x:1:1", "a.zip!/x:2:1", "a.zip!/x:2:12"}, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := scanTree(t, tree{test.path: test.content, "z.txt": "plain"}, archive.Options{})
			require.Equal(t, test.want, places(result))
			require.Equal(t, [2]int{test.archives, test.files}, [2]int{result.Stats.Archives, result.Stats.Archived})
			require.Equal(t, 2, result.Stats.Files)
			require.Empty(t, result.Notes)
			require.Empty(t, failures(result))
			require.True(t, result.Complete())
			for _, f := range result.Findings {
				require.Equal(t, test.path, f.Archive)
				require.NotContains(t, f.Excerpt, f.Secret.Reveal())
			}
		})
	}
}

func utf16Of(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func unbase64(t testing.TB, text string) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	return string(data)
}

func TestNamesInsideLeadNowhere(t *testing.T) {
	t.Parallel()
	names := map[string]string{
		"a/b.txt": "a/b.txt", "/etc/passwd": "etc/passwd", "../../x": "x", "a/../../x": "x", `..\..\x`: "x", `C:\x\y`: "C:/x/y", "./a//b": "a/b",
		"": "(no name)", ".": "(no name)", "..": "(no name)", "a\x00b": "a", "caf\xe9": "caf\xe9", "a!/b": "a!/b",
		strings.Repeat("n", 5000): strings.Repeat("n", 4096),
	}
	for name, want := range names {
		result := scanTree(t, tree{"a.zip": zipOf(t, entry{name, "TOKEN_x"})}, archive.Options{})
		require.Equal(t, []string{"a.zip!/" + want + ":1:1"}, places(result), "%q", name)
	}
}

// TestToolsOfTheSystem opens archives that common tools have made.
func TestToolsOfTheSystem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file    string
		command []string
		want    []string
	}{
		"zip":           {"a.zip", []string{"zip", "-qry", "a.zip", "in"}, []string{"a.zip!/in/deep/app.env:1:5", "a.zip!/in/z.txt:2:1"}},
		"zip, stored":   {"a.zip", []string{"zip", "-qry0", "a.zip", "in"}, []string{"a.zip!/in/deep/app.env:1:5", "a.zip!/in/z.txt:2:1"}},
		"zip64":         {"a.zip", []string{"sh", "-c", "cat in/z.txt | zip -q -fz a.zip -"}, []string{"a.zip!/-:2:1"}},
		"zip, streamed": {"a.zip", []string{"sh", "-c", "zip -qr - in -x in/link | cat > a.zip"}, []string{"a.zip!/in/deep/app.env:1:5", "a.zip!/in/z.txt:2:1"}},
		"zip, bzip2":    {"a.zip", []string{"zip", "-qry", "-Z", "bzip2", "a.zip", "in"}, []string{"a.zip!/in/deep/app.env:1:5", "a.zip!/in/z.txt:2:1"}},
		"tar":           {"a.tar", []string{"tar", "cf", "a.tar", "in"}, []string{"a.tar!/in/deep/app.env:1:5", "a.tar!/in/z.txt:2:1"}},
		"tar, old":      {"a.tar", []string{"tar", "cf", "a.tar", "--format=v7", "in"}, []string{"a.tar!/in/deep/app.env:1:5", "a.tar!/in/z.txt:2:1"}},
		"tar, pax":      {"a.tar", []string{"tar", "cf", "a.tar", "--format=pax", "in"}, []string{"a.tar!/in/deep/app.env:1:5", "a.tar!/in/z.txt:2:1"}},
		"tar, sparse":   {"a.tar", []string{"tar", "cSf", "a.tar", "in"}, []string{"a.tar!/in/deep/app.env:1:5", "a.tar!/in/z.txt:2:1"}},
		"tar.gz":        {"a.tgz", []string{"tar", "czf", "a.tgz", "in"}, []string{"a.tgz!/in/deep/app.env:1:5", "a.tgz!/in/z.txt:2:1"}},
		"tar.bz2":       {"a.tbz", []string{"tar", "cjf", "a.tbz", "in"}, []string{"a.tbz!/in/deep/app.env:1:5", "a.tbz!/in/z.txt:2:1"}},
		"gzip":          {"in/z.txt.gz", []string{"gzip", "in/z.txt"}, []string{"in/z.txt.gz!/z.txt:2:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			files := tree{"in/z.txt": "one\nTOKEN_z\n", "in/deep/app.env": "KEY=TOKEN_env\n", "in/deep/pic.bin": "\x00\x00\x01"}
			for path, content := range files {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, path), []byte(content), 0o600))
			}
			require.NoError(t, os.Symlink("z.txt", filepath.Join(dir, "in", "link")))
			if _, err := exec.LookPath(test.command[0]); err != nil {
				t.Skip(err)
			}
			cmd := exec.CommandContext(t.Context(), test.command[0], test.command[1:]...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Skipf("this system's %s cannot: %s", test.command[0], out)
			}
			content, err := os.ReadFile(filepath.Join(dir, test.file))
			require.NoError(t, err)
			result := scanTree(t, tree{test.file: string(content)}, archive.Options{})
			require.ElementsMatch(t, test.want, places(result))
			require.Empty(t, failures(result))
			require.Empty(t, result.Notes)
		})
	}
}

// A file has the same findings inside an archive and in the tree.
func TestSameInsideAndOutside(t *testing.T) {
	t.Parallel()
	text := "\ufeffpässwörd 😀 = TOKEN_one\r\n\tTOKEN_two TOKEN_one // sluice:allow rotated\r\n" + strings.Repeat("long ", 200) + "TOKEN_three"
	for name, archived := range map[string]string{
		"zip": zipOf(t, entry{"x.txt", text}), "stored": zipBy(t, zip.Store, entry{"x.txt", text}),
		"tar": tarOf(t, entry{"x.txt", text}), "tar.gz": gzipOf(t, "", tarOf(t, entry{"x.txt", text})), "gz": gzipOf(t, "x.txt", text),
		"utf-16": zipOf(t, entry{"x.txt", utf16Of(text)}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inside, outside := scanTree(t, tree{"a": archived}, archive.Options{}), scanTree(t, tree{"x.txt": text}, archive.Options{})
			require.Len(t, outside.Findings, 4)
			for i := range inside.Findings {
				f := &inside.Findings[i]
				require.Equal(t, "a!/x.txt", f.Path)
				require.Equal(t, "a", f.Archive)
				f.Path, f.Archive = "x.txt", ""
				if f.Suppression != nil {
					require.Equal(t, "a!/x.txt:2", f.Suppression.Source)
					f.Suppression.Source = "x.txt:2"
				}
			}
			require.Equal(t, outside.Findings, inside.Findings)
		})
	}
}

func TestOnlyTheEngineForSecretsLooksInside(t *testing.T) {
	t.Parallel()
	s := &scan.Scanner{
		Detectors: []scan.Detector{tokens{"secrets"}, tokens{"code"}}, Unpack: archive.New(archive.Options{}),
	}
	result := scanWith(t, s, scan.Input{Head: tree{"a.txt": "TOKEN_a", "b.zip": zipOf(t, entry{"b.txt", "TOKEN_b"})}})
	require.Equal(t, 2, result.Count("secrets").Total())
	require.Equal(t, 1, result.Count("code").Total())
	s.Detectors = s.Detectors[1:]
	result = scanWith(t, s, scan.Input{Head: tree{"b.zip": zipOf(t, entry{"b.txt", "TOKEN_b"})}})
	require.Zero(t, result.Stats.Archives, "nothing is unpacked for nobody")
}

func TestWithoutAnUnpacker(t *testing.T) {
	t.Parallel()
	result := scanWith(t, &scan.Scanner{}, scan.Input{Head: tree{"b.zip": zipOf(t, entry{"b.txt", "TOKEN_b"})}})
	require.Empty(t, result.Findings)
	require.Equal(t, scan.Stats{Files: 1, Bytes: result.Stats.Bytes, Binary: 1}, result.Stats)
}

// A single compressed file and then a tar go through the same buffers. If two readers shared a buffer, they would read
// from each other without end.
func TestBuffersAreNotShared(t *testing.T) {
	t.Parallel()
	u := archive.New(archive.Options{})
	for range 3 {
		for _, content := range []string{gzipOf(t, "", "TOKEN_x"), gzipOf(t, "", tarOf(t, entry{"x", "TOKEN_x"}, entry{"y.gz", gzipOf(t, "", "TOKEN_y")}))} {
			require.NotEmpty(t, unpacked(u, content).texts)
		}
	}
}
