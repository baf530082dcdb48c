package installations

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/store/allowance"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

const (
	// CodeLife is how long a pairing code can be entered.
	CodeLife = 10 * time.Minute
	// claimLife is how long the person who entered it may confirm.
	claimLife = 2 * time.Minute
	// maxCodes limits the new codes of one installation, maxTries the tries of one person, and maxAllTries those of all
	// people together, in the time of within. A code has 40 bits.
	maxCodes, maxTries, maxAllTries = 10, 5, 50
	within                          = 10 * time.Minute
)

var (
	// ErrTooMany means that codes were asked for or tried too often.
	ErrTooMany = errors.New("that was tried too often; try again in ten minutes")
	// ErrPaired means that an installation is active, so that it has no code.
	ErrPaired = errors.New("the workspace is paired already; deactivate it in Sluice first to pair it again")
	// ErrClaimed means that another person has entered the code.
	ErrClaimed = errors.New("another administrator has entered this code and may confirm it for two minutes")
	// ErrCode means that a code is wrong, used or has expired.
	ErrCode = errors.New("this code is wrong, has been used, or has expired: take a new one from the page of the app in Bitbucket")
)

// NewCode gives an installation another pairing code, of which only a hash is kept, with the secret and the address that
// the app will use. The installation becomes PENDING. The former code ends.
func (s *Installations) NewCode(ctx context.Context, id, hash, secret, trigger string) error {
	allowed, err := allowance.Rule{What: "pairing code", Who: id, Limit: maxCodes, Within: within}.Use(ctx, s.db, s.db.Write)
	if err != nil {
		return err
	}
	if !allowed {
		return ErrTooMany
	}
	done, err := db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update forge_installation set state = 'PENDING', reason = '', code_hash = $2, code_until = :now + $3, claimed_until = 0, secret = $4, trigger_url = $5
		where id = $1 and state <> 'ACTIVE'`), id, hash, CodeLife.Milliseconds(), secret, trigger))
	if err == nil && !done {
		err = ErrPaired
	}
	return err
}

// Claim gives an account the installation with a code, for two minutes in which it may confirm. Each try counts. The error
// is ErrCode, ErrClaimed or ErrTooMany.
func (s *Installations) Claim(ctx context.Context, hash string, account int64) (i Installation, err error) {
	for _, rule := range []allowance.Rule{
		{What: "pairing", Who: strconv.FormatInt(account, 10), Limit: maxTries, Within: within}, {What: "pairing", Limit: maxAllTries, Within: within},
	} {
		allowed, err := rule.Use(ctx, s.db, s.db.Write)
		if err != nil {
			return i, err
		}
		if !allowed {
			return i, ErrTooMany
		}
	}
	const live = "code_hash <> '' and code_hash = $1 and code_until > :now and state = 'PENDING'"
	var id string
	err = s.db.Write.QueryRowContext(ctx, terms.SQL(s.db, "update forge_installation set claimed_by = $2, claimed_until = :now + $3 where "+live+" and (claimed_until <= :now or claimed_by = $2) returning id"),
		hash, account, claimLife.Milliseconds()).Scan(&id)
	switch err = db.Found(err); {
	case err == nil:
		return s.one(ctx, s.db.Write, id)
	case !errors.Is(err, db.ErrNotFound):
		return i, err
	}
	var taken bool
	if err := s.db.Read.QueryRowContext(ctx, terms.SQL(s.db, "select exists (select 1 from forge_installation where "+live+")"), hash).Scan(&taken); err != nil {
		return i, err
	}
	if taken {
		return i, ErrClaimed
	}
	return i, ErrCode
}

// Confirm makes an installation ACTIVE that an account has claimed, and ends its code. The error is ErrCode if the account
// has not claimed it, or more than two minutes ago.
func (s *Installations) Confirm(ctx context.Context, id string, account int64) (i Installation, err error) {
	done, err := db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update forge_installation set state = 'ACTIVE', reason = '', code_hash = '', claimed_until = 0
		where id = $1 and state = 'PENDING' and code_hash <> '' and claimed_by = $2 and claimed_until > :now`), id, account))
	if err == nil && !done {
		err = ErrCode
	}
	if err != nil {
		return i, err
	}
	return s.one(ctx, s.db.Write, id)
}

// Revoke ends the pairing code of an installation. It returns false if it has no valid one.
func (s *Installations) Revoke(ctx context.Context, id string) (bool, error) {
	return db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, "update forge_installation set code_hash = '', claimed_until = 0 where id = $1 and code_hash <> '' and code_until > :now"), id))
}
