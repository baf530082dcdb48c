package worker

import "fmt"

// The space that is kept free when nobody says how much: what one large result needs, for the database first writes what it
// changes beside itself, and then into itself, while the caches of some scans grow. A file system of less than ten times that
// keeps a tenth.
const (
	leastRoom     = 256 << 20
	leastFraction = 10
)

// Room is the free space of the data folder's file system. A scan is not started where its result could not be kept: it waits in the
// queue, where nothing gets lost, for somebody to make space.
type Room struct {
	Dir string
	// Least is how many bytes are kept free; 0 means 256 MB, or a tenth of a smaller file system.
	Least uint64
	// Free gives how many bytes there are, and how many of them can be used; nil asks the system.
	Free func(dir string) (free, total uint64, err error)

	low bool
}

// Lacks tells why no scan may start, for people; "" when one may, or when the system does not tell. Scans that wait go on when
// there is a quarter more than Least, so that the end of each does not stop the next. It is not safe for concurrent use; a nil
// Room lacks nothing.
func (r *Room) Lacks() string {
	if r == nil {
		return ""
	}
	ask := r.Free
	if ask == nil {
		ask = freeSpace
	}
	free, total, err := ask(r.Dir)
	if err != nil {
		return ""
	}
	least := r.Least
	if least == 0 {
		least = min(leastRoom, total/leastFraction)
	}
	wanted := least
	if r.low {
		wanted += least / 4
	}
	if r.low = free < wanted; !r.low {
		return ""
	}
	return fmt.Sprintf("the disk of the data folder has %d MB left, and %d MB are kept free for the database: make space there, or change --min-free", free>>20, least>>20)
}

// Paused tells why this worker starts no scans, for people; "" when it does.
func (w *Worker) Paused() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.paused
}

// room reports whether there is room for another scan, and logs when that changes.
func (w *Worker) room() bool {
	why := w.o.Room.Lacks()
	w.mu.Lock()
	was := w.paused
	w.paused = why
	w.mu.Unlock()
	switch {
	case why != "" && was == "":
		w.o.Log.Error("scans wait: "+why, "folder", w.o.Room.Dir)
	case why == "" && was != "":
		w.o.Log.Info("there is space again: scans go on", "folder", w.o.Room.Dir)
	}
	return why == ""
}
