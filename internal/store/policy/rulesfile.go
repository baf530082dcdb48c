package policy

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// NoRulesFile is the hash of a soteri-security.yml that does not exist or does not count.
const NoRulesFile = "0000000000000000"

// HashRulesFile returns the hash of a soteri-security.yml. It returns NoRulesFile for nil and for a file that does not
// count.
func (r *RuleSet) HashRulesFile(data []byte) string {
	if !r.RepositoryRules || data == nil {
		return NoRulesFile
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])[:hashLength]
}

// SetRulesFile stores the hash of a repository's file of rules if the commit is still the head of the default branch.
// Results with another file become out of date.
func (s *Policy) SetRulesFile(ctx context.Context, repository int64, commit, hash string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.status.LockPolicy(ctx, tx, false); err != nil {
			return err
		}
		if err := s.status.LockRepository(ctx, tx, repository); err != nil {
			return err
		}
		changed, err := s.SetRulesFileIn(ctx, tx, repository, commit, hash)
		if err != nil || !changed {
			return err
		}
		return s.status.RecountAll(ctx, tx, []int64{repository}, false)
	})
}

// SetRulesFileIn is SetRulesFile without the counters. It reports whether results became out of date.
func (s *Policy) SetRulesFileIn(ctx context.Context, tx *sql.Tx, repository int64, commit, hash string) (changed bool, err error) {
	done, err := tx.ExecContext(ctx, `update repository set rules_file = $2 where id = $1 and rules_file <> $2
		and exists (select 1 from branch b where b.repository_id = repository.id and b.is_default and b.removed_at is null and b.head = $3)`, repository, hash, commit)
	if err != nil {
		return false, err
	}
	if n, err := db.Affected(done); err != nil || n == 0 {
		return false, err
	}
	return true, s.CompareRules(ctx, tx, "repository_id = $4 and scan_id is not null", repository)
}
