package queue

import (
	"context"
	"database/sql"
	"strconv"
)

// ChannelPrefix begins the address of a letter that goes to a channel; no mail address begins with it.
const ChannelPrefix = "channel:"

// ChannelAddress is the address of letters to a channel.
func ChannelAddress(id int64) string { return ChannelPrefix + strconv.FormatInt(id, 10) }

// addChannels gives a new batch a letter to each channel that is about one of its scans. It leaves when the batch ends.
func (s *Queue) addChannels(ctx context.Context, tx *sql.Tx, batch int64) error {
	_, err := tx.ExecContext(ctx, `
		insert into batch_mail (batch_id, address)
			select cast($1 as bigint), '`+ChannelPrefix+`' || cast(c.id as text)
			from channel c
			where c.enabled and (c.scope = '' or exists (
				select 1
				from batch_scan m
				join scan x on x.id = m.scan_id
				join repository r on r.id = x.repository_id
				join project p on p.id = r.project_id
				where m.batch_id = $1 and (p.key = c.scope or p.key || '/' || r.slug = c.scope)))
		on conflict do nothing`, batch)
	return err
}
