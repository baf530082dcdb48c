package compare

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type start struct{ *regexp.Regexp }

func (s start) MatchStart(text string) bool {
	at := s.FindStringIndex(text)
	return at != nil && at[0] == 0
}

func compile(text string) (Matcher, error) {
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, errors.New("it is not valid")
	}
	return start{compiled}, nil
}

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func bound(name string) (Value, bool) {
	v, ok := map[string]Value{
		"$ZERO": Int(0), "$PORT": Int(8080), "$RATE": Float(2.5), "$HOST": String("localhost"), "$TEXT": String("0x1f"),
		"$CODE": Code("a.b"), "$YES": Bool(true), "$...ARGS": Code("1, 2"), "$1": String("group"), "$MODE": String("0644"),
		"$BIG": Int(1 << 62),
	}[name]
	return v, ok
}

func TestComparisonsThatHold(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"$PORT > 1024", "$PORT >= 8080 and $PORT <= 8080", "1024 < $PORT < 9000", "not $PORT < 1024",
		"$PORT % 10 == 0", "$PORT ** 2 == 65286400", "2 ** 3 ** 2 == 512", "-2 ** 2 == -4", "(1 + 2) * 3 == 9", "1 + 2 * 3 == 7",
		"7 / 2 == 3", "-7 / 2 == -3", "-7 // 2 == -4", "-7 % 3 == -1", "$RATE > 2", "$RATE == 2.5", "$RATE * 2 == 5", "1e3 == 1000", "1_000 == 1000",
		"0o17 == 15", "017 == 15", "0x1F == 31", "0b11 == 3", "~0 == -1", "6 & 3 == 2", "6 | 1 == 7", "6 ^ 3 == 5", "1 << 4 == 16", "-16 >> 2 == -4",
		"$HOST == 'localhost'", `$HOST == "localhost"`, "$HOST != '''other'''", "'local' in $HOST", "'x' not in $HOST", "$HOST in ['a', 'localhost']",
		"$PORT in (80, 8080)", "$PORT not in [1, 2, ]", "$PORT in (8080,)", "'a' 'b' == 'ab'", "$HOST + '!' == 'localhost!'",
		"re.match('local.*', $HOST)", "re.match(r'l\\w+$', $HOST)", "not re.match('ocal', $HOST)", "re.match('group', $1)",
		"int($TEXT) == 31", "int('12') == 12", "int(' 7 ') == 7", "int($MODE, 8) == 420", "int($MODE) == 644", "int('ff', 16) == 255", "int('0xff', 16) == 255", "int(2.9) == 2",
		"float('1.5') == 1.5", "str($PORT) == '8080'", "str($CODE) == 'a.b'", "str($...ARGS) == '1, 2'", "str($RATE) == '2.5'", "len($HOST) == 9", "len([1, 2]) == 2", "len('é') == 1",
		"today() > strptime('2026-02-28')", "strptime('2026-03-01') == strptime('2026-3-1')",
		"parse_promql_duration('1h30m') == 5400000", "parse_promql_duration('5ms') == 5", "$YES", "$YES == True", "$YES != 1",
		"$PORT == 8080 \\\n and True", "9223372036854775807 > 0", "(-1) ** 9223372036854775807 == -1",
	} {
		e, err := Parse(text, compile)
		require.NoError(t, err, text)
		require.True(t, e.Holds(bound, now), text)
		require.Equal(t, text, e.String())
	}
}

func TestWhatHasNoValueDoesNotHold(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"$NONE == 1", "not $NONE == 1", "$CODE == 'a.b'", "$CODE != 'a.b'", "$CODE in ['a.b']", "not $CODE == 1", "1 / $ZERO == 0", "1 % $ZERO == 0",
		"$PORT and True", "1 or True", "True or $NONE", "$HOST < 'm'", "$HOST * 2 == 'x'", "$PORT", "'x'", "$BIG * 2 > 0", "$BIG + $BIG > 0", "-$BIG - $BIG - 1 < 0",
		"2 ** 63 > 0", "2 ** -1 == 0", "1 << 63 > 0", "1 << -1 == 0", "int('1.5') == 1", "int('') == 0", "int($CODE) == 1", "int('12', 1) == 1", "len($PORT) == 1",
		"strptime('2026-13-01') > 0", "strptime('today') > 0", "parse_promql_duration('') == 0", "parse_promql_duration('5x') == 5",
		"parse_promql_duration('99999999999999y') > 0", "~$RATE == 1", "-$HOST == 1", "re.match('a', $PORT)", "(-9223372036854775807 - 1) / -1 > 0", "str([1]) == '1'",
	} {
		e, err := Parse(text, compile)
		require.NoError(t, err, text)
		require.False(t, e.Holds(bound, now), text)
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                          "ends too early",
		"$X >":                      "ends too early",
		"$X > 1)":                   "character 7",
		"($X > 1":                   "ends too early",
		"$X > > 1":                  "character 6",
		"$X = 1":                    "character 4",
		"$x == 1":                   "character 1",
		"foo($X)":                   `"foo" is not a name`,
		"os.system('x')":            `"os.system" is not a name`,
		"re.search('a', $X)":        `"re.search" is not a name`,
		"x == 1":                    `"x" is not a name`,
		"re.match($X, $Y)":          "must be a text",
		"re.match('(', $X)":         "regular expression",
		"re.match('a')":             "does not take 1",
		"int()":                     "does not take 0",
		"$X is None":                "character 4",
		"$X == None":                `"None"`,
		"lambda x":                  `"lambda"`,
		"1 if $X else 2":            "character 3",
		"99999999999999999999 > $X": "64 bits",
		"'open":                     "character 1",
		"$X == 1; 2":                "character 8",
		"[1, 2":                     "ends too early",
		"[1 2]":                     "character 4",
		"1.2.3 == $X":               "cannot be read",
		"0xZZ == $X":                "cannot be read",
		"a.1":                       `"a" is not a name`,
		strings.Repeat("(", 3000) + "1" + strings.Repeat(")", 3000): "deep",
		strings.Repeat("-", 3000) + "1":                             "deep",
		strings.Repeat("not ", 3000) + "True":                       "deep",
		strings.Repeat("1+", 9000) + "1":                            "bytes",
	} {
		_, err := Parse(text, compile)
		require.ErrorContains(t, err, says, text)
	}
}

func TestLongChainsAreNotDeep(t *testing.T) {
	t.Parallel()
	for _, operator := range []string{" and ", " or "} {
		e, err := Parse("True"+strings.Repeat(operator+"True", 1500), compile)
		require.NoError(t, err)
		require.True(t, e.Holds(bound, now))
	}
	e, err := Parse("0"+strings.Repeat("+1", 2000)+" == 2000", compile)
	require.NoError(t, err)
	require.True(t, e.Holds(bound, now))
}

func TestNestedChainsAreEvaluatedOnce(t *testing.T) {
	t.Parallel()
	e, err := Parse(strings.Repeat("True == (", 60)+"True"+strings.Repeat(") == True", 60), compile)
	require.NoError(t, err)
	require.True(t, e.Holds(bound, now))
	require.True(t, e.Converted(0).Holds(bound, now))
}

func TestConvertedReadsTextsAsNumbers(t *testing.T) {
	t.Parallel()
	e, err := Parse("$MODE > 0o600 and $MODE < $PORT", compile)
	require.NoError(t, err)
	require.Equal(t, []string{"$MODE", "$PORT"}, e.Metavariables())
	require.False(t, e.Holds(bound, now), "a text is no number")
	require.True(t, e.Converted(0).Holds(bound, now))
	require.True(t, e.Converted(8).Holds(bound, now))
	mode, err := Parse("$MODE == 420", compile)
	require.NoError(t, err)
	require.True(t, mode.Converted(8).Holds(bound, now))
	require.False(t, mode.Converted(0).Holds(bound, now))
}

func TestConditionsOverLabels(t *testing.T) {
	t.Parallel()
	has := func(label string) bool { return label == "INPUT" || label == "b" }
	for text, want := range map[string]bool{
		"INPUT": true, "CLEAN": false, "INPUT and not CLEAN": true, "not (INPUT or CLEAN)": false, "CLEAN or INPUT and b": true,
		"not INPUT and b": false, "True": true, "False or INPUT": true, "a and b or INPUT": true, "a and (b or INPUT)": false, "INPUT and INPUT and CLEAN": false,
		"not not INPUT": true,
	} {
		labels, err := ParseLabels(text)
		require.NoError(t, err, text)
		require.Equal(t, want, labels.Hold(has), text)
	}
	labels, err := ParseLabels("A and (B or not A)")
	require.NoError(t, err)
	require.Equal(t, []string{"A", "B"}, labels.Names())
	for _, text := range []string{"", "$X", "INPUT CLEAN", "INPUT and", "f(x)", "a.b", "1", "'a'", "a == b", "(a", "a, b", "[a]", "-a", "a & b", "None"} {
		_, err := ParseLabels(text)
		require.Error(t, err, text)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"$X > 1024 and $X % 2 == 0", "re.match(r'^a+$', $X) or len($X) < 3", "int($X, 16) in [1, 2, (3,)]", "not ($A and B)", "1 < $X <= 0x_f", "'a' \"b\" '''c'''",
		"$...ARGS == str($1)", "2 ** -2 ** 3", "strptime('2026-1-1') < today()", "((((", "~~--++1", "a.b.c(d)", "\xff", "1e", "0x", "$", ".5", "parse_promql_duration('1d2h') // 3",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if labels, err := ParseLabels(text); err == nil {
			all := labels.Hold(func(string) bool { return true })
			again, err := ParseLabels(labels.String())
			require.NoError(t, err)
			require.Equal(t, all, again.Hold(func(string) bool { return true }))
		}
		e, err := Parse(text, compile)
		if err != nil {
			require.LessOrEqual(t, len(err.Error()), 400)
			return
		}
		for _, v := range []Value{Int(-1 << 63), Int(7), Float(0.5), String("0x10"), Bool(true), Code("x"), List(Int(1))} {
			holds := func(e *Expression) bool { return e.Holds(func(string) (Value, bool) { return v, true }, now) }
			first := holds(e)
			require.Equal(t, first, holds(e))
			holds(e.Converted(16))
		}
	})
}
