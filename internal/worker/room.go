package worker

import "fmt"

// The default for the space to keep free. It must fit one large result, because the database writes a change first to
// its log and then to itself, while the caches of some scans grow. A file system of less than ten times that keeps a
// tenth.
const (
	leastRoom     = 256 << 20
	leastFraction = 10
)

// Room is the free space on the file system of the data folder. A scan does not start if its result might not fit. It
// stays in the queue, where it is safe, until somebody frees space.
type Room struct {
	Dir string
	// Least is how many bytes must stay free; 0 means 256 MB, or a tenth of a smaller file system.
	Least uint64
	// Free returns the size of the file system and how many bytes of it can be used; nil asks the system.
	Free func(dir string) (free, total uint64, err error)

	low bool
}

// Lacks tells people why no scan may start; "" if one may, or if the system does not report the space. Waiting scans
// continue when there is a quarter more than Least, so that the end of each scan does not stop the next. It is not safe
// for concurrent use. A nil Room lacks nothing.
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
	return fmt.Sprintf("the disk of the data folder has %d MB left, and %d MB are kept free for the database: free space there, or change --min-free", free>>20, least>>20)
}

// Paused tells people why this worker starts no scans; "" if it does.
func (w *Worker) Paused() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.paused
}

// room reports whether there is space for another scan, and logs changes.
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
		w.o.Log.Info("there is space again: scans continue", "folder", w.o.Room.Dir)
	}
	return why == ""
}
