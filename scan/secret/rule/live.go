package rule

// Live is a rule in a detector, with what the detector knows about it.
type Live struct {
	Rule
	// Index is the rule's place in the detector.
	Index int
	Off   bool
	// Wanted and Near are the places, in the detector's automaton, of the keywords and of the literals of a user's rule. Short
	// are the keywords that are too short for the automaton.
	Wanted, Near []int
	Short        [][]byte
}
