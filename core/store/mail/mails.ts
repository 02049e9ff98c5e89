// Mails on their way. What they say holds links that log somebody in, so it is sealed here, and forgotten once it is sent.
// A row says what is known: `sending` may or may not have been taken when its process died, and nobody can look. The number
// of its tries tells whose it is: a process that slept through its lease may no longer say what becomes of the mail.

import { newId, type MailId } from '#core/domain/ids.ts';
import { mailLimits } from '#core/domain/mail/mail-limits.ts';
import { kindsThatMayComeTwice, type MailKind, type MailSaying } from '#core/domain/mail/mail.ts';
import type { Money } from '../database/money.ts';
import { open, seal } from '../database/secrets.ts';
import type { Writes } from '../team/audit.ts';

export interface NewMail {
  /** Who writes the same mail again means the one that is there. */
  readonly key: string;
  readonly to: string;
  readonly saying: MailSaying;
  /** Then its link is dead, and it is not worth sending. */
  readonly expiresAt: Date | null;
}

export interface OpenMail {
  readonly id: MailId;
  readonly to: string;
  readonly kind: MailKind;
  readonly tries: number;
  /** Then another process may take it. */
  readonly leaseUntil: Date;
  /** Throws where no key opens it any more. */
  saying(): MailSaying;
}

/** Why a mail that was due was not even tried. */
export interface PassedOver {
  readonly id: MailId;
  readonly kind: MailKind;
  readonly state: 'unknown' | 'dead';
}

export interface UndeliveredMail {
  readonly id: MailId;
  readonly to: string;
  readonly kind: MailKind;
  /** `unknown`: it may have arrived. */
  readonly state: 'unknown' | 'dead';
  readonly trouble: string | null;
  readonly tries: number;
  readonly createdAt: Date;
  /** False once what it says is forgotten. */
  readonly canBeSentAgain: boolean;
}

export interface Mails {
  /** Once per key. */
  write(mail: NewMail, at: Date, on?: Writes): Promise<void>;
  /** For the record, where nothing is sent. */
  writeDead(mail: NewMail, trouble: string, at: Date, on?: Writes): Promise<void>;
  /** Takes mails that are due, as far as their addresses may get more; says what it did with the others. */
  claim(at: Date, leaseMs: number, most: number): Promise<{ open: OpenMail[]; passedOver: PassedOver[] }>;
  sent(mail: OpenMail, messageId: string, at: Date): Promise<void>;
  /** It was not taken: try again then. */
  later(mail: OpenMail, nextAt: Date, trouble: string): Promise<void>;
  /** Nobody knows: where it may come twice it is tried again then, a few times; else it is left to the operator. Says which. */
  unseen(mail: OpenMail, nextAt: Date, trouble: string): Promise<'planned' | 'unknown'>;
  /** Left to the operator. */
  dead(mail: OpenMail, trouble: string): Promise<void>;
  undelivered(most: number): Promise<UndeliveredMail[]>;
  /** False when there is nothing to send any more. */
  sendAgain(id: string, at: Date, on?: Writes): Promise<boolean>;
  /** How many were left to the operator since then, because of the mail service or of us. */
  undeliveredSince(since: Date): Promise<number>;
  /** Whoever goes leaves no mails behind. */
  forget(address: string, on?: Writes): Promise<void>;
  /** Forgets what need not be known any more: dead links, then whole mails. */
  tidy(at: Date): Promise<void>;
}

/** A mail that may come twice comes three times at the most. */
const UNSEEN_MOST = 3;
/** A service that is away or refuses us for so long has an operator who knows of it. */
const GIVE_UP_MS = 3 * 24 * 60 * 60 * 1000;
/** So long an operator may still send it. */
const SAYING_KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const KEPT_MS = 180 * 24 * 60 * 60 * 1000;

export function mailsOver(money: Money, keys: readonly string[]): Mails {
  return {
    async write(mail, at, on = money) {
      const id = newId<MailId>(at.getTime());
      await on.query(
        {
          text: `WITH written AS (
              INSERT INTO mails (id, key, to_address, kind, saying, state, next_at, created_at, expires_at)
              VALUES ($1, $2, $3, $4, $5, 'planned', $6, $6, $7) ON CONFLICT (key) DO NOTHING RETURNING id
            )
            SELECT pg_notify('impacter', 'mail') FROM written`,
        },
        [id, mail.key, mail.to.toLowerCase(), mail.saying.kind, sealed(id, mail.saying), at, mail.expiresAt],
      );
    },

    async writeDead({ key, to, saying: { kind }, expiresAt }, trouble, at, on = money) {
      await on.query(
        {
          text: `INSERT INTO mails (id, key, to_address, kind, state, trouble, next_at, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, 'dead', $5, $6, $6, $7) ON CONFLICT (key) DO NOTHING`,
        },
        [newId<MailId>(at.getTime()), key, to.toLowerCase(), kind, trouble, at, expiresAt],
      );
    },

    async claim(at, leaseMs, most) {
      // Looking is most often all there is to do.
      const { rows: some } = await money.query(
        { name: 'mails due', text: `SELECT 1 FROM mails WHERE state IN ('planned', 'sending') AND next_at <= $1 LIMIT 1` },
        [at],
      );
      if (some.length === 0) return { open: [], passedOver: [] };
      const rows = await money.transaction(async (client) => {
        // Who counts what an address got must see what others have just taken for it.
        await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('impacter mails', 0))`);
        return (await client.query<ClaimRow>(CLAIM, [at, leaseMs / 1000, most, ...claimRules])).rows;
      });
      return {
        open: rows.flatMap((row) => (row.state === 'sending' ? [asOpen(row)] : [])),
        passedOver: rows.flatMap(({ id, kind, state }) => (state === 'sending' ? [] : [{ id, kind, state }])),
      };
    },

    async sent({ id, tries }, messageId, at) {
      await money.query(
        {
          // A late answer is still an answer: only what somebody else has in hand now is left alone.
          text: `UPDATE mails SET state = 'sent', sent_at = $4, message_id = $3, saying = NULL, trouble = NULL
                 WHERE id = $1 AND tries = $2 AND state IN ('sending', 'planned', 'unknown')`,
        },
        [id, tries, messageId, at],
      );
    },

    async later({ id, tries }, nextAt, trouble) {
      await money.query(
        { text: `UPDATE mails SET state = 'planned', next_at = $3, trouble = $4 WHERE id = $1 AND tries = $2 AND state = 'sending'` },
        [id, tries, nextAt, trouble],
      );
    },

    async unseen({ id, tries, kind }, nextAt, trouble) {
      const { rows } = await money.query<{ state: 'planned' | 'unknown' }>(
        {
          text: `UPDATE mails SET state = CASE WHEN $5 AND unseen + 1 < $6 THEN 'planned' ELSE 'unknown' END, unseen = unseen + 1, next_at = $3, trouble = $4
                 WHERE id = $1 AND tries = $2 AND state = 'sending' RETURNING state`,
        },
        [id, tries, nextAt, trouble, kindsThatMayComeTwice.includes(kind), UNSEEN_MOST],
      );
      return rows[0]?.state ?? 'unknown';
    },

    async dead({ id, tries }, trouble) {
      await money.query({ text: `UPDATE mails SET state = 'dead', trouble = $3 WHERE id = $1 AND tries = $2 AND state = 'sending'` }, [
        id,
        tries,
        trouble,
      ]);
    },

    async undelivered(most) {
      const { rows } = await money.query<UndeliveredRow>(
        {
          text: `SELECT id, to_address, kind, state, trouble, tries, created_at, saying IS NOT NULL AS can_be_sent_again
                 FROM mails WHERE state IN ('unknown', 'dead') ORDER BY created_at DESC, id DESC LIMIT $1`,
        },
        [most],
      );
      return rows.map((row) => ({
        id: row.id,
        to: row.to_address,
        kind: row.kind,
        state: row.state,
        trouble: row.trouble,
        tries: row.tries,
        createdAt: row.created_at,
        canBeSentAgain: row.can_be_sent_again,
      }));
    },

    async sendAgain(id, at, on = money) {
      // What an operator sends is not held back by how much the address got: it counts as let through already.
      const { rows } = (await on.query(
        {
          text: `WITH again AS (
              UPDATE mails SET state = 'planned', unseen = 0, next_at = $2, attempted_at = $2
              WHERE id = $1 AND state IN ('unknown', 'dead') AND saying IS NOT NULL AND (expires_at IS NULL OR expires_at > $2) RETURNING id
            )
            SELECT pg_notify('impacter', 'mail') FROM again`,
        },
        [id, at],
      )) as { rows: unknown[] };
      return rows.length > 0;
    },

    async undeliveredSince(since) {
      // Not what was never tried: a flood to one address, or a link that nobody could have used any more.
      const { rows } = await money.query<{ many: string }>(
        { text: `SELECT count(*) AS many FROM mails WHERE state IN ('unknown', 'dead') AND tries > 0 AND next_at > $1` },
        [since],
      );
      return Number(rows[0]!.many);
    },

    async forget(address, on = money) {
      await on.query({ text: 'DELETE FROM mails WHERE to_address = $1' }, [address.toLowerCase()]);
    },

    async tidy(at) {
      const before = (ms: number) => new Date(at.getTime() - ms);
      await money.query(
        {
          text: `UPDATE mails SET saying = NULL WHERE state IN ('unknown', 'dead') AND saying IS NOT NULL AND (expires_at <= $1 OR created_at <= $2)`,
        },
        [at, before(SAYING_KEPT_MS)],
      );
      await money.query({ text: `DELETE FROM mails WHERE state IN ('sent', 'unknown', 'dead') AND created_at <= $1` }, [before(KEPT_MS)]);
    },
  };

  function sealed(id: MailId, saying: MailSaying): Buffer {
    if (keys[0] === undefined) throw new Error('this process was started without ENCRYPTION_KEY and can write no mail');
    return seal(keys[0], sealedAs(id), JSON.stringify(saying));
  }

  function asOpen(row: ClaimRow): OpenMail {
    return {
      id: row.id,
      to: row.to_address,
      kind: row.kind,
      tries: row.tries,
      leaseUntil: row.next_at,
      saying: () => JSON.parse(open(keys, sealedAs(row.id), row.saying!)) as MailSaying,
    };
  }
}

/** What is sealed for one mail opens for no other. */
export function sealedAs(id: MailId): string {
  return `mail ${id}`;
}

interface ClaimRow {
  readonly id: MailId;
  readonly to_address: string;
  readonly kind: MailKind;
  readonly state: 'sending' | 'unknown' | 'dead';
  readonly saying: Buffer | null;
  readonly tries: number;
  readonly next_at: Date;
}

interface UndeliveredRow extends Omit<ClaimRow, 'state' | 'saying' | 'next_at'> {
  readonly created_at: Date;
  readonly state: 'unknown' | 'dead';
  readonly trouble: string | null;
  readonly can_be_sent_again: boolean;
}

// A mail that was tried before has been let through already, and is not counted again. Of those that are new, the oldest of
// a kind go first. What only a newer version knows is left to it.
const CLAIM = `
  WITH due AS (
    SELECT * FROM mails WHERE state IN ('planned', 'sending') AND next_at <= $1 AND kind = ANY ($4::text[])
    ORDER BY next_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
  ), counted AS (
    SELECT d.*, d.state = 'sending' AS left_behind, coalesce(d.expires_at <= $1, false) AS expired,
      d.attempted_at IS NULL AND l.most < (
        SELECT count(*) FROM mails e WHERE e.to_address = d.to_address AND e.kind = d.kind AND e.attempted_at > $1 - interval '1 hour'
      ) + row_number() OVER (PARTITION BY d.to_address, d.kind, d.attempted_at IS NULL ORDER BY d.created_at, d.id) AS too_many
    FROM due d JOIN unnest($4::text[], $5::int[]) AS l(kind, most) ON l.kind = d.kind
  ), decided AS (
    SELECT id, expired, left_behind::int AS unseen,
      CASE
        WHEN left_behind AND (expired OR kind <> ALL ($6::text[]) OR unseen + 1 >= $7) THEN 'unknown'
        WHEN expired OR too_many OR attempted_at <= $1 - make_interval(secs => $8) THEN 'dead'
        ELSE 'sending' END AS state,
      CASE
        WHEN left_behind THEN 'The process that sent it died before it heard whether it was taken.'
        WHEN expired THEN 'Its link expired before it could be sent.'
        WHEN too_many THEN 'The address got as many of this kind as it may get in an hour.'
        ELSE coalesce(trouble, 'It could not be sent for three days.') END AS trouble
    FROM counted
  )
  UPDATE mails m SET state = d.state, unseen = m.unseen + d.unseen,
    tries = CASE d.state WHEN 'sending' THEN m.tries + 1 ELSE m.tries END,
    attempted_at = CASE d.state WHEN 'sending' THEN coalesce(m.attempted_at, $1) ELSE m.attempted_at END,
    next_at = CASE d.state WHEN 'sending' THEN $1 + make_interval(secs => $2) ELSE m.next_at END,
    saying = CASE WHEN d.state <> 'sending' AND d.expired THEN NULL ELSE m.saying END,
    trouble = CASE d.state WHEN 'sending' THEN m.trouble ELSE d.trouble END
  FROM decided d WHERE m.id = d.id
  RETURNING m.id, m.to_address, m.kind, m.state, m.saying, m.tries, m.next_at`;

/** $4 to $8. */
const claimRules = [
  Object.keys(mailLimits.ofAKindInAnHour),
  Object.values(mailLimits.ofAKindInAnHour),
  kindsThatMayComeTwice,
  UNSEEN_MOST,
  GIVE_UP_MS / 1000,
];
