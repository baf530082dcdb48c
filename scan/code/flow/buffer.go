package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// buffered are Java methods that put what they are called on into one of their arguments, by the index of that argument.
var buffered = map[string]int{"read": 0, "readFully": 0, "readNBytes": 0, "nextBytes": 0, "getChars": 2}

// copies are Java functions that put one argument into another, by the indexes of both.
var copies = map[string][2]int{
	"System.arraycopy": {0, 2}, "IOUtils.copy": {0, 1}, "StreamUtils.copy": {0, 1}, "FileCopyUtils.copy": {0, 1}, "ByteStreams.copy": {0, 1},
}

// fillsBuffer puts data into an argument that a Java method fills. The call itself gives a number.
func (w *walk) fillsBuffer(c *callSite) (result value, ok bool) {
	if w.file.Language != tree.Java || w.file.Kind(c.callee) != tree.Member {
		return value{}, false
	}
	held := w.whole(c.receiver)
	to, ok := buffered[c.name]
	if pair, isCopy := copies[w.typeName(c.receiverID)+"."+c.name]; isCopy && len(c.arguments) > pair[0] {
		held, to, ok = w.whole(c.arguments[pair[0]].v), pair[1], true
	}
	if !ok || len(held) == 0 || len(c.arguments) <= to {
		return value{}, false
	}
	buffer := c.arguments[to]
	held = held.at(w.site(c.id))
	for _, e := range w.holders(buffer.id, buffer.v, true) {
		w.add(place{e, elements}, tainted(held))
	}
	return value{}, true
}
