// What a platform gives to answer one person later, and only to them: sealed, for a few uses, and gone within the hour.

import type { Money } from '../database/money.ts';
import { keyId, openWithAny, seal } from '../database/secrets.ts';

/** Slack's work for 30 minutes, Discord's for 15. What is to be kept for longer is a mistake. */
const KEPT_MOST_MS = 60 * 60_000;

export interface ReplyHandles {
  /**
   * Keeps a handle for a conversation, or the key of an ask, in the place of an earlier one. `uses`: how often the platform takes
   * it (Slack five times).
   */
  put(key: string, handle: string, until: { readonly uses: number; readonly expiresAt: Date }, at: Date): Promise<void>;
  /** Takes one of its uses; null when it has expired, was used up, or never was. */
  take(key: string, at: Date): Promise<string | null>;
  drop(key: string): Promise<void>;
  /** For upkeep: how many went. */
  forgetExpired(at: Date, most: number): Promise<number>;
}

export function replyHandlesOver(money: Money, keys: readonly string[]): ReplyHandles {
  return {
    async put(key, handle, { uses, expiresAt }, at) {
      if (keys[0] === undefined) throw new Error('this process was started without ENCRYPTION_KEY and can keep no reply handle');
      const until = new Date(Math.min(expiresAt.getTime(), at.getTime() + KEPT_MOST_MS));
      await money.query(
        {
          text: `INSERT INTO reply_handles (key, handle, key_id, uses, expires_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (key) DO UPDATE SET handle = excluded.handle, key_id = excluded.key_id, uses = excluded.uses, expires_at = excluded.expires_at`,
        },
        [key, seal(keys[0], handleSealedAs(key), handle), keyId(keys[0]), uses, until],
      );
    },

    async take(key, at) {
      const { rows } = await money.query<{ handle: Buffer }>(
        { text: 'UPDATE reply_handles SET uses = uses - 1 WHERE key = $1 AND uses > 0 AND expires_at > $2 RETURNING handle' },
        [key, at],
      );
      return rows[0] === undefined ? null : openWithAny(keys, handleSealedAs(key), rows[0].handle).secret;
    },

    async drop(key) {
      await money.query({ text: 'DELETE FROM reply_handles WHERE key = $1' }, [key]);
    },

    async forgetExpired(at, most) {
      const { rows } = await money.query(
        {
          text: `DELETE FROM reply_handles WHERE key IN (
                   SELECT key FROM reply_handles WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
                 ) RETURNING 1`,
        },
        [at, most],
      );
      return rows.length;
    },
  };
}

/** The name under which a handle is sealed, so that it opens in no other row. */
export function handleSealedAs(key: string): string {
  return `reply handle ${key}`;
}
