// When somebody was last here, and a key last used: to the minute, and nobody waits for it to be written.

import type { ApiKeyId, TeamId, UserId } from '#core/domain/ids.ts';
import type { Log } from '#core/ports/log.ts';
import { groupCommit } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';

export type Seen = (who: Here, at: Date) => void;

export interface Here {
  readonly userId: UserId;
  readonly teamId: TeamId;
  /** null without a key: in the portal. */
  readonly apiKeyId: ApiKeyId | null;
}

const MINUTE_MS = 60_000;
/** Beyond so many people a minute, some are written more often than they need be. */
const REMEMBERED_MOST = 10_000;

export function seenOver(money: Money, log: Log): Seen {
  const lastMs = new Map<string, number>();
  const write = groupCommit<Here & { at: Date }, null>({
    most: 256,
    keyOf: ({ teamId }) => teamId,
    async run(batch, lane) {
      await money.query(
        {
          name: 'seen',
          text: `WITH here AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS h(user_id, team_id, key_id, at)),
                   keys AS (UPDATE api_keys k SET last_used_at = h.at FROM here h
                            WHERE k.id = h.key_id AND coalesce(k.last_used_at, '-infinity') <= h.at - interval '1 minute')
                 UPDATE members m SET last_seen_at = h.at FROM (SELECT user_id, team_id, max(at) AS at FROM here GROUP BY 1, 2) h
                 WHERE m.user_id = h.user_id AND m.team_id = h.team_id AND coalesce(m.last_seen_at, '-infinity') <= h.at - interval '1 minute'`,
        },
        [
          batch.map(({ userId }) => userId),
          batch.map(({ teamId }) => teamId),
          batch.map(({ apiKeyId }) => apiKeyId),
          batch.map(({ at }) => at),
        ],
        lane,
      );
      return batch.map(() => null);
    },
  });

  return ({ userId, teamId, apiKeyId }, at) => {
    const key = apiKeyId ?? `${userId}:${teamId}`;
    if (at.getTime() - (lastMs.get(key) ?? -Infinity) < MINUTE_MS) return;
    if (lastMs.size >= REMEMBERED_MOST) lastMs.clear();
    lastMs.set(key, at.getTime());
    write({ userId, teamId, apiKeyId, at }).catch((error: Error) =>
      log.warn({ reason: error.message }, 'when somebody was here was not written'),
    );
  };
}
