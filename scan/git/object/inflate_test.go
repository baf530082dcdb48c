package object

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// deflated returns data as a zlib stream.
func deflated(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// texts returns data that deflate treats in different ways.
func texts() map[string][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	few := make([]byte, 200_000)
	for i := range few {
		few[i] = "abcdefghijklmnopqrstuvwxyz0123456789 \n"[min(random.IntN(38), random.IntN(38), random.IntN(200))]
	}
	// Codes of 15 bits: each byte is half as frequent as the one before.
	var skewed []byte
	for b := range 24 {
		skewed = append(skewed, bytes.Repeat([]byte{byte(b)}, 1<<max(0, 18-b))...)
	}
	random.Shuffle(len(skewed), func(i, j int) { skewed[i], skewed[j] = skewed[j], skewed[i] })
	list := map[string][]byte{
		"empty": {}, "byte": {'x'}, "run": bytes.Repeat([]byte("a"), 100_000), "pair": bytes.Repeat([]byte("ab"), 1000), "noise": noise, "few": few, "skewed": skewed,
		"mixed": bytes.Join([][]byte{few[:70_000], noise[:70_000], few[:70_000]}, nil),
		"far":   bytes.Join([][]byte{noise[:32_768], noise[:32_768], noise[100:400]}, nil),
	}
	var code strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&code, "func f%d(a, b int) (int, error) {\n\treturn a + %d*b, nil\n}\n\n", i, i*i%977)
	}
	list["code"] = []byte(code.String())
	return list
}

func TestInflate(t *testing.T) {
	t.Parallel()
	for name, data := range texts() {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.BestCompression} {
			stream := append([]byte("before"), deflated(t, data, level)...)
			for _, tail := range []string{"", "behind the stream"} {
				in := bytes.NewReader(append(bytes.Clone(stream), tail...))
				got, err := inflateAt(in, 6, int64(len(data)), nil)
				require.NoError(t, err, "%s %d", name, level)
				require.True(t, bytes.Equal(data, got), "%s %d", name, level)
				_, err = inflateAt(in, 6, int64(len(data))+1, nil)
				require.ErrorIs(t, err, ErrCorrupt)
				if len(data) > 0 {
					_, err = inflateAt(in, 6, int64(len(data))-1, nil)
					require.ErrorIs(t, err, ErrCorrupt)
				}
			}
			// A truncated stream must never count as complete.
			for cut := 0; cut < len(stream)-6-4; cut += 1 + cut/3 {
				got, err := inflateAt(bytes.NewReader(stream[6:6+cut]), 0, int64(len(data)), nil)
				require.ErrorIs(t, err, ErrCorrupt, "%s %d %d", name, level, cut)
				require.True(t, got == nil || len(got) == len(data))
			}
			for _, n := range []int{0, 1, 20, 300} {
				got, err := beginAt(bytes.NewReader(stream[6:]), 96, make([]byte, n))
				require.NoError(t, err)
				require.True(t, bytes.Equal(data[:min(n, len(data))], got), "%s %d", name, level)
			}
		}
	}
}

func TestInflateReadsErrors(t *testing.T) {
	t.Parallel()
	stream := deflated(t, texts()["mixed"], flate.BestCompression)
	broken := errors.New("the disk is gone")
	_, err := inflateAt(failingReader{bytes.NewReader(stream), 50_000, broken}, 0, 210_000, nil)
	require.ErrorIs(t, err, broken)
}

// failingReader fails after an offset.
type failingReader struct {
	io.ReaderAt
	from int64
	err  error
}

func (f failingReader) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > f.from {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(p, offset)
}

// agrees compares our result with the one of compress/zlib for any stream.
func agrees(t *testing.T, stream []byte) {
	t.Helper()
	const limit = 1 << 20
	var want []byte
	reader, wantErr := zlib.NewReader(bytes.NewReader(stream))
	if wantErr == nil {
		want, wantErr = io.ReadAll(io.LimitReader(reader, limit+1))
		if len(want) > limit {
			return
		}
	}
	// Our inflater does not check the checksum.
	sound := wantErr == nil || errors.Is(wantErr, zlib.ErrChecksum)
	got, err := inflateAt(bytes.NewReader(stream), 0, int64(len(want)), nil)
	if sound {
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got))
		return
	}
	if err == nil {
		// A stream that lacks only its checksum is complete.
		body := append(bytes.Clone(stream), 0, 0, 0, 0)
		reader, err := zlib.NewReader(bytes.NewReader(body))
		require.NoError(t, err)
		again, err := io.ReadAll(reader)
		require.True(t, err == nil || errors.Is(err, zlib.ErrChecksum), "ours takes what zlib does not: %v", wantErr)
		require.True(t, bytes.Equal(got, again))
	}
}

func TestInflateAgreesOnDamage(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, data := range texts() {
		data = data[:min(len(data), 3000)]
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.BestCompression} {
			stream := deflated(t, data, level)
			for range 300 {
				damaged := bytes.Clone(stream)
				for range 1 + random.IntN(3) {
					damaged[random.IntN(min(len(damaged), 1+random.IntN(len(damaged))))] ^= 1 << random.IntN(8)
				}
				agrees(t, damaged)
			}
		}
	}
}

func FuzzInflate(f *testing.F) {
	for _, data := range texts() {
		f.Add(deflated(f, data[:min(len(data), 2000)], flate.BestCompression))
		f.Add(deflated(f, data[:min(len(data), 200)], flate.HuffmanOnly))
	}
	f.Fuzz(func(t *testing.T, stream []byte) { agrees(t, stream) })
}

func BenchmarkInflate(b *testing.B) {
	for _, name := range []string{"code", "few"} {
		for _, size := range []int{400, 5000, 200_000} {
			data := texts()[name][:size]
			stream := deflated(b, data, flate.DefaultCompression)
			in := bytes.NewReader(stream)
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(size))
				buf := make([]byte, size)
				for b.Loop() {
					if _, err := inflateAt(in, 0, int64(size), buf); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/%d/zlib", name, size), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(size))
				buf := make([]byte, size)
				z, err := zlib.NewReader(in)
				require.NoError(b, err)
				for b.Loop() {
					in.Reset(stream)
					_ = z.(zlib.Resetter).Reset(in, nil)
					if _, err := io.ReadFull(z, buf); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
