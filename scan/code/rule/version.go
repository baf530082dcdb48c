package rule

import (
	"cmp"
	"strconv"
	"strings"
)

// compareVersions compares two versions of three numbers; false when one is none. What follows a "-" or "+" is left out.
func compareVersions(a, b string) (order int, ok bool) {
	x, first := version(a)
	y, second := version(b)
	if !first || !second {
		return 0, false
	}
	return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]), cmp.Compare(x[2], y[2])), true
}

func version(text string) (numbers [3]int, ok bool) {
	if end := strings.IndexAny(text, "-+"); end >= 0 {
		text = text[:end]
	}
	parts := strings.Split(text, ".")
	if len(parts) != len(numbers) {
		return numbers, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return numbers, false
		}
		numbers[i] = n
	}
	return numbers, true
}
