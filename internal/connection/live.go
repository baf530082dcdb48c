package connection

import "time"

// Live is a source of repositories as a running server sees it.
type Live struct {
	// ID is its name in addresses, Type its kind, Name its name for people.
	ID, Type, Name string
	// Key is its id in the store.
	Key int64
	// Synced is the time of the last complete listing; zero for never. Problem is the error of the last attempt; empty if
	// it succeeded.
	Synced  time.Time
	Problem string
	// Inactive tells people why the connection rests; empty while it works.
	Inactive string
	// Syncing is true during a listing.
	Syncing bool
	// Skipped are the places that the last listing skipped.
	Skipped []Skipped
}

// TypeDirectory is the Type of a folder of repositories.
const TypeDirectory = "DIRECTORY"

// The states of a connection.
const (
	StateActive     = "ACTIVE"
	StateSuspicious = "SUSPICIOUS"
	StateFailing    = "FAILING"
	StateInactive   = "INACTIVE"
)

// State is INACTIVE while the connection rests, FAILING when the last listing had problems, SUSPICIOUS while missing
// repositories are held back, and ACTIVE otherwise. held is how many are.
func (x *Live) State(held int) string {
	switch {
	case x.Inactive != "":
		return StateInactive
	case x.Problem != "":
		return StateFailing
	case held > 0:
		return StateSuspicious
	}
	return StateActive
}

// Lives are the connections of a running server. Implementations must be safe for concurrent use.
type Lives interface {
	// Connections lists them, in a fixed order.
	Connections() []Live
	// Sync schedules another listing of a connection; false if there is no connection with that id.
	Sync(id string) bool
}
