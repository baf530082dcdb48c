package rule

// Live is a rule in a detector, with what the detector knows about it.
type Live struct {
	Rule
	// index is the rule's place in the detector.
	Index int
	Off   bool
	// wanted and near are the literals of the detector's automaton that stand for the keywords and for the texts of which
	// every match holds one; short are the keywords that are too short for the automaton.
	Wanted, Near []int
	Short        [][]byte
}
