// Erasing: of a team with everything in it, of a person, of a chat account. In steps that each take a moment and can be
// repeated, since a team may have millions of rows and a process may end in between. What stays: the journal of credits,
// which the law wants kept and which holds ids that mean nothing any more; the lines of the audit log, without what they
// said about anybody; and a line in `erasures`.

import { newId, type IdentityId, type TaskId, type TeamId, type UserId, type WalletId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { hashBearer, newBearer } from '../database/bearer.ts';
import type { Money } from '../database/money.ts';

export interface KnownIdentity {
  readonly identityId: IdentityId;
  readonly platform: Platform;
  readonly displayName: string | null;
  /** Requests of theirs that we know of. */
  readonly tasks: number;
  /** It is linked to somebody who can log in. */
  readonly hasAccount: boolean;
}

export interface Erase {
  /** What should be gone by now. */
  due(at: Date, most: number): Promise<{ teams: TeamId[]; users: UserId[]; identities: IdentityId[] }>;

  liveTasks(teamId: TeamId, most: number): Promise<TaskId[]>;
  /** The asks of a team, which no index knows by team: a walk over all of them. */
  asks(teamId: TeamId): Promise<void>;
  someTasks(teamId: TeamId, most: number): Promise<TaskId[]>;
  /** Content that tasks brought along, which is not stored below the task itself. */
  inputsOf(taskIds: readonly TaskId[]): Promise<string[]>;
  /** Inputs that no task has taken. */
  waitingInputs(teamId: TeamId): Promise<string[]>;
  tasks(teamId: TeamId, ids: readonly TaskId[]): Promise<void>;
  /** How many conversations went, with their letters. */
  conversations(teamId: TeamId, most: number): Promise<number>;
  /** Empties what the log says about anybody of the team. */
  teamAudit(teamId: TeamId, at: Date): Promise<void>;
  walletOf(teamId: TeamId): Promise<{ walletId: WalletId; free: bigint }>;
  /** People, links, keys, exports, its name. The row stays for the wallet. */
  team(teamId: TeamId, at: Date): Promise<void>;

  person(userId: UserId): Promise<{ email: string; name: string; personalTeam: TeamId | null } | null>;
  /**
   * In each shared team that would be left without an owner, makes the one who is there longest an owner, admins first; gives
   * teams where nobody else is.
   */
  handOver(userId: UserId, at: Date): Promise<TeamId[]>;
  personAudit(person: { userId: UserId; email: string }, at: Date): Promise<void>;
  user(person: { userId: UserId; email: string }, at: Date): Promise<void>;

  /** A link for the person behind a chat account, in the place of an earlier one; null when we know of no such account. */
  newLink(account: { platform: Platform; workspace: string | null; externalId: string }, until: Date): Promise<string | null>;
  lookAt(token: string, at: Date): Promise<KnownIdentity | null>;
  /** Uses the link up, and notes what is to be erased. */
  useLink(token: string, at: Date): Promise<IdentityId | null>;
  /** False while a request of theirs is under way; then what is over has been done. */
  identity(identityId: IdentityId, at: Date): Promise<boolean>;
}

export function eraseOver(money: Money): Erase {
  return {
    async due(at, most) {
      const ids = async <Id extends string>(sql: string) =>
        (await money.query<{ id: Id }>({ text: `${sql} LIMIT $2` }, [at, most])).rows.map(({ id }) => id);
      const [teams, users, identities] = await Promise.all([
        // What was being written down in the moment of its end is found the next time.
        ids<TeamId>(`SELECT t.id FROM teams t WHERE t.deletion_at <= $1 AND t.personal_of IS NULL
          AND (t.erased_at IS NULL OR EXISTS (SELECT FROM conversations c WHERE c.team_id = t.id)) ORDER BY t.deletion_at, t.id`),
        ids<UserId>('SELECT id FROM users WHERE deletion_at <= $1 ORDER BY deletion_at, id'),
        ids<IdentityId>(
          `SELECT subject AS id FROM erasures WHERE kind = 'identity' AND done_at IS NULL AND asked_at <= $1 ORDER BY asked_at, subject`,
        ),
      ]);
      return { teams, users, identities };
    },

    async liveTasks(teamId, most) {
      const { rows } = await money.query<{ id: TaskId }>(
        { text: `SELECT id FROM tasks WHERE team_id = $1 AND status IN ('awaiting_approval', 'pending', 'processing') LIMIT $2` },
        [teamId, most],
      );
      return rows.map(({ id }) => id);
    },

    async asks(teamId) {
      await walk(money, 'asks', (from, to) =>
        money.query(
          {
            text: `WITH gone AS (
                DELETE FROM asks a WHERE a.ctid >= ${from} AND a.ctid < ${to} AND (position($1 IN a.key) > 0 OR a.team_id = $2
                  OR EXISTS (SELECT FROM tasks t WHERE t.id = a.task_id AND t.team_id = $2)
                  OR EXISTS (SELECT FROM letters l JOIN conversations c ON c.id = l.conversation_id WHERE l.id = a.letter_id AND c.team_id = $2))
                RETURNING a.key
              ), names AS (
                DELETE FROM message_names n USING gone g WHERE n.key = g.key
              ), changes AS (
                DELETE FROM message_changes m USING gone g WHERE m.key = g.key
              )
              DELETE FROM reply_handles r USING gone g WHERE r.key = g.key`,
          },
          [teamId, teamId],
        ),
      );
    },

    async someTasks(teamId, most) {
      const { rows } = await money.query<{ id: TaskId }>({ text: 'SELECT id FROM tasks WHERE team_id = $1 LIMIT $2' }, [teamId, most]);
      return rows.map(({ id }) => id);
    },

    async inputsOf(taskIds) {
      const { rows } = await money.query<{ key: string }>(
        {
          text: `SELECT storage_key AS key FROM files WHERE task_id = ANY ($1) AND role = 'input'
                 UNION SELECT 'inputs/' || id FROM waiting_inputs WHERE task_id = ANY ($1)`,
        },
        [taskIds],
      );
      return rows.map(({ key }) => key);
    },

    async waitingInputs(teamId) {
      const { rows } = await money.query<{ key: string }>(
        { text: 'SELECT storage_key AS key FROM files WHERE task_id IS NULL AND team_id = $1' },
        [teamId],
      );
      return rows.map(({ key }) => key);
    },

    async tasks(teamId, ids) {
      await money.transaction(async (client) => {
        const { rows } = await client.query<{ identities: IdentityId[] | null }>(
          'SELECT array_agg(DISTINCT identity_id) FILTER (WHERE identity_id IS NOT NULL) AS identities FROM tasks WHERE id = ANY ($1) AND team_id = $2',
          [ids, teamId],
        );
        for (const table of ['task_events', 'files', 'outbox']) await client.query(`DELETE FROM ${table} WHERE task_id = ANY ($1)`, [ids]);
        await client.query('DELETE FROM tasks WHERE id = ANY ($1) AND team_id = $2', [ids, teamId]);
        // People of chats who are known for nothing else.
        await client.query(
          `DELETE FROM identities i WHERE i.id = ANY ($1) AND i.user_id IS NULL AND NOT EXISTS (SELECT FROM tasks t WHERE t.identity_id = i.id)
             AND NOT EXISTS (SELECT FROM workspaces w WHERE w.platform = i.platform AND w.external_id = i.space AND w.team_id <> $2)`,
          [rows[0]!.identities ?? [], teamId],
        );
      });
    },

    async conversations(teamId, most) {
      return money.transaction(async (client) => {
        const { rows } = await client.query<{ id: string }>('SELECT id FROM conversations WHERE team_id = $1 LIMIT $2', [teamId, most]);
        const ids = rows.map(({ id }) => id);
        await client.query('DELETE FROM routes r USING conversations c WHERE c.id = ANY ($1) AND r.route = route_of(c.address)', [ids]);
        await client.query('DELETE FROM letters WHERE conversation_id = ANY ($1)', [ids]);
        await client.query('DELETE FROM reply_handles WHERE key = ANY ($1::text[])', [ids]);
        await client.query('DELETE FROM conversations WHERE id = ANY ($1)', [ids]);
        return ids.length;
      });
    },

    async teamAudit(teamId, at) {
      for (let emptied = 1; emptied > 0;) {
        const { rows } = await money.query(
          {
            text: `UPDATE audit_entries SET subject = NULL, facts = '{}', erased_at = $2
                   WHERE id IN (SELECT id FROM audit_entries WHERE team_id = $1 AND erased_at IS NULL LIMIT ${ROWS_AT_ONCE}) RETURNING 1`,
          },
          [teamId, at],
        );
        emptied = rows.length;
      }
    },

    async walletOf(teamId) {
      const { rows } = await money.query<{ id: WalletId; free: string }>(
        { text: 'SELECT id, balance - held AS free FROM wallets WHERE team_id = $1' },
        [teamId],
      );
      return { walletId: rows[0]!.id, free: BigInt(rows[0]!.free) };
    },

    async team(teamId, at) {
      await money.transaction(async (client) => {
        const run = (sql: string) => client.query(sql, [teamId]);
        // Before the team itself: who pays locks their purchase first.
        await client.query(
          `INSERT INTO erased_customers (customer_id, asked_at, next_at)
           SELECT c.id, $2, $2 FROM (
             SELECT stripe_customer_id AS id FROM teams WHERE id = $1 UNION SELECT customer_id FROM purchases WHERE team_id = $1
             UNION SELECT customer_id FROM topups WHERE team_id = $1
           ) c WHERE c.id IS NOT NULL AND NOT EXISTS (SELECT FROM teams o WHERE o.stripe_customer_id = c.id AND o.id <> $1)
             AND NOT EXISTS (SELECT FROM purchases o WHERE o.customer_id = c.id AND o.team_id <> $1)
           ON CONFLICT (customer_id) DO NOTHING`,
          [teamId, at],
        );
        await run('DELETE FROM topup_settings WHERE team_id = $1');
        await run('UPDATE topups SET customer_id = NULL, card_id = NULL WHERE team_id = $1');
        await run('DELETE FROM alerts WHERE team_id = $1');
        await run('DELETE FROM alert_looks WHERE team_id = $1');
        await run('UPDATE purchases SET customer_id = NULL, opened_by = NULL WHERE team_id = $1');
        await client.query(
          `UPDATE teams SET erased_at = $2, name = 'Deleted team', stripe_customer_id = NULL, deletion_asked_by = NULL WHERE id = $1`,
          [teamId, at],
        );
        await run(`DELETE FROM mails m USING invitations i WHERE i.team_id = $1 AND m.key LIKE 'invitation:' || i.id || ':%'`);
        await run(`DELETE FROM mails WHERE key LIKE 'deletion:' || $1::uuid || ':%'`);
        await run(
          'DELETE FROM link_requests r USING workspaces w WHERE w.team_id = $1 AND r.platform = w.platform AND w.external_id IN (r.space, r.external_id)',
        );
        await run(
          'DELETE FROM identities i USING workspaces w WHERE w.team_id = $1 AND i.platform = w.platform AND i.space = w.external_id',
        );
        await run(
          'DELETE FROM chat_inbox e USING workspaces w WHERE w.team_id = $1 AND e.platform = w.platform AND e.workspace = w.external_id',
        );
        await run(
          'DELETE FROM chat_welcomes e USING workspaces w WHERE w.team_id = $1 AND e.platform = w.platform AND e.workspace = w.external_id',
        );
        await run(
          'DELETE FROM places p USING workspaces w WHERE w.team_id = $1 AND p.platform = w.platform AND p.workspace = w.external_id',
        );
        // The app stays where it is installed, which is not the team's to decide; what it is called there is forgotten.
        const installed = 'i.platform = w.platform AND i.external_id = w.external_id AND w.team_id = $1';
        await run(`DELETE FROM installations i USING workspaces w WHERE ${installed} AND i.uninstalled_at IS NOT NULL`);
        await run(`UPDATE installations i SET name = '', installed_by = NULL FROM workspaces w WHERE ${installed}`);
        await run(
          `DELETE FROM routes r USING workspaces w WHERE w.team_id = $1 AND r.platform = w.platform
             AND (starts_with(r.route, w.platform || ':' || w.external_id || ':') OR starts_with(r.route, w.platform || ':' || w.external_id || '/'))`,
        );
        for (const table of ['workspaces', 'invitations', 'api_keys', 'files', 'uploads', 'exports', 'members'])
          await run(`DELETE FROM ${table} WHERE team_id = $1`);
        await run('UPDATE sessions SET active_team_id = NULL WHERE active_team_id = $1');
        await client.query(
          `UPDATE limits SET removed_at = $2 WHERE removed_at IS NULL AND wallet_id = (SELECT id FROM wallets WHERE team_id = $1)`,
          [teamId, at],
        );
        await client.query(
          `INSERT INTO erasures (id, kind, subject, asked_at, done_at) SELECT $2, 'team', id, coalesce(deletion_asked_at, $3), $3 FROM teams WHERE id = $1
           ON CONFLICT (kind, subject) DO NOTHING`,
          [teamId, newId(at.getTime()), at],
        );
      });
    },

    async person(userId) {
      const { rows } = await money.query<{ email: string; name: string; team_id: TeamId | null }>(
        {
          text: `SELECT u.email, u.name, t.id AS team_id FROM users u LEFT JOIN teams t ON t.personal_of = u.id AND t.erased_at IS NULL WHERE u.id = $1`,
        },
        [userId],
      );
      return rows[0] ? { email: rows[0].email, name: rows[0].name, personalTeam: rows[0].team_id } : null;
    },

    async handOver(userId, at) {
      return money.transaction(async (client) => {
        const { rows } = await client.query<{ team_id: TeamId; heir: string | null }>(
          `SELECT t.id AS team_id, (SELECT o.id FROM members o WHERE o.team_id = t.id AND o.user_id <> $1
              ORDER BY array_position(ARRAY['admin', 'billing', 'approver', 'member', 'guest'], o.role), o.created_at, o.id LIMIT 1) AS heir
           FROM members m JOIN teams t ON t.id = m.team_id
           WHERE m.user_id = $1 AND m.role = 'owner' AND t.personal_of IS NULL AND t.erased_at IS NULL
             AND NOT EXISTS (SELECT FROM members o WHERE o.team_id = t.id AND o.role = 'owner' AND o.user_id <> $1)
           ORDER BY t.id FOR NO KEY UPDATE OF t`,
          [userId],
        );
        for (const { team_id, heir } of rows) {
          if (heir === null) continue;
          await client.query(
            `WITH made AS (UPDATE members SET role = 'owner' WHERE id = $1 RETURNING user_id, old.role)
             INSERT INTO audit_entries (at, actor, act, team_id, subject, facts)
             SELECT $3, 'system', 'member.role', $2, 'user:' || user_id, jsonb_build_object('from', role, 'to', 'owner') FROM made`,
            [heir, team_id, at],
          );
        }
        return rows.filter(({ heir }) => heir === null).map(({ team_id }) => team_id);
      });
    },

    async personAudit({ userId, email }, at) {
      await emptied(
        money,
        `(e.subject = 'user:' || $3 OR position($4 IN lower(coalesce(e.subject, '') || e.facts::text)) > 0
          OR e.actor = 'user:' || $3 AND e.act ~ '^(identity|key|account|invitation|login)[.]|^logged-in$')`,
        at,
        [userId, email],
      );
    },

    async user({ userId, email }, at) {
      await money.transaction(async (client) => {
        const { rows } = await client.query<{ deletion_asked_at: Date | null }>(
          'SELECT deletion_asked_at FROM users WHERE id = $1 FOR UPDATE',
          [userId],
        );
        if (rows.length === 0) return;
        await client.query('DELETE FROM mails WHERE to_address = $1', [email]);
        await client.query('DELETE FROM invitations WHERE email = $1', [email]);
        await client.query('UPDATE stripe_news SET body = NULL WHERE body IS NOT NULL AND position(lower($1) IN lower(body)) > 0', [email]);
        await client.query('DELETE FROM verifications WHERE value = $1 OR position($2 IN lower(identifier || value)) > 0', [userId, email]);
        await client.query(
          `UPDATE installations s SET installed_by = NULL FROM identities i
           WHERE i.user_id = $1 AND s.platform = i.platform AND s.installed_by = i.external_id AND i.space IN ('', s.external_id)`,
          [userId],
        );
        await client.query(`DELETE FROM chat_inbox e USING identities i WHERE i.user_id = $1 AND ${BY_THEM}`, [userId]);
        await client.query(`DELETE FROM chat_welcomes e USING identities i WHERE i.user_id = $1 AND ${BY_THEM}`, [userId]);
        await client.query('DELETE FROM identities WHERE user_id = $1', [userId]);
        await client.query('UPDATE teams SET personal_of = NULL WHERE personal_of = $1 AND erased_at IS NOT NULL', [userId]);
        await client.query('DELETE FROM users WHERE id = $1', [userId]);
        await client.query(
          `INSERT INTO erasures (id, kind, subject, asked_at, done_at) VALUES ($2, 'user', $1, $3, $4) ON CONFLICT (kind, subject) DO NOTHING`,
          [userId, newId(at.getTime()), rows[0]!.deletion_asked_at ?? at, at],
        );
      });
    },

    async newLink({ platform, workspace, externalId }, until) {
      const token = newBearer();
      const { rows } = await money.query(
        {
          text: `WITH known AS (
              SELECT id FROM identities WHERE platform = $1 AND space = coalesce($2, '') AND external_id = $3
            ), before AS (
              DELETE FROM erasure_links l USING known k WHERE l.identity_id = k.id
            )
            INSERT INTO erasure_links (hash, identity_id, expires_at) SELECT $4, k.id, $5 FROM known k RETURNING 1`,
        },
        [platform, workspace, externalId, hashBearer(token), until],
      );
      return rows.length > 0 ? token : null;
    },

    async lookAt(token, at) {
      const { rows } = await money.query<{
        id: IdentityId;
        platform: Platform;
        display_name: string | null;
        has_account: boolean;
        tasks: number;
      }>(
        {
          text: `SELECT i.id, i.platform, i.display_name, i.user_id IS NOT NULL AS has_account,
                   (SELECT count(*)::int FROM tasks t WHERE t.identity_id = i.id) AS tasks
                 FROM erasure_links l JOIN identities i ON i.id = l.identity_id WHERE l.hash = $1 AND l.expires_at > $2`,
        },
        [hashBearer(token), at],
      );
      const row = rows[0];
      return row
        ? { identityId: row.id, platform: row.platform, displayName: row.display_name, tasks: row.tasks, hasAccount: row.has_account }
        : null;
    },

    async useLink(token, at) {
      const { rows } = await money.query<{ identity_id: IdentityId }>(
        {
          text: `WITH used AS (DELETE FROM erasure_links WHERE hash = $1 AND expires_at > $2 RETURNING identity_id)
                 INSERT INTO erasures (id, kind, subject, asked_at) SELECT $3, 'identity', u.identity_id, $2 FROM used u
                 ON CONFLICT (kind, subject) DO UPDATE SET asked_at = excluded.asked_at RETURNING subject AS identity_id`,
        },
        [hashBearer(token), at, newId(at.getTime())],
      );
      return rows[0]?.identity_id ?? null;
    },

    async identity(identityId, at) {
      const { rows } = await money.query<{ display_name: string | null }>({ text: 'SELECT display_name FROM identities WHERE id = $1' }, [
        identityId,
      ]);
      for (let over = ROWS_AT_ONCE; over === ROWS_AT_ONCE;) over = await forgetRequests(money, identityId, at);
      const { rows: live } = await money.query({ text: 'SELECT FROM tasks WHERE identity_id = $1 LIMIT 1' }, [identityId]);
      if (live.length > 0) return false;
      await emptied(money, `(e.subject = 'identity:' || $3 OR e.act LIKE 'identity.%' AND e.facts ->> 'name' = $4)`, at, [
        identityId,
        rows[0]?.display_name ?? null,
      ]);
      await money.transaction(async (client) => {
        await client.query(
          `DELETE FROM link_requests r USING identities i WHERE i.id = $1 AND r.platform = i.platform AND r.space = i.space AND r.external_id = i.external_id`,
          [identityId],
        );
        await client.query(
          `UPDATE installations s SET installed_by = NULL FROM identities i
           WHERE i.id = $1 AND s.platform = i.platform AND s.installed_by = i.external_id AND i.space IN ('', s.external_id)`,
          [identityId],
        );
        await client.query(`DELETE FROM chat_inbox e USING identities i WHERE i.id = $1 AND ${BY_THEM}`, [identityId]);
        await client.query(`DELETE FROM chat_welcomes e USING identities i WHERE i.id = $1 AND ${BY_THEM}`, [identityId]);
        await client.query('DELETE FROM identities WHERE id = $1', [identityId]);
        await client.query(`UPDATE erasures SET done_at = $2 WHERE kind = 'identity' AND subject = $1 AND done_at IS NULL`, [
          identityId,
          at,
        ]);
      });
      return true;
    },
  };
}

const ROWS_AT_ONCE = 1_000;

/** An event `e` that waits to be handled, and that the account `i` made. */
const BY_THEM = 'e.platform = i.platform AND e.author = i.external_id';

/**
 * Requests of a chat account that are over lose their words, their person and what that one attached; results stay with the
 * team that paid for them. A conversation that was theirs alone loses its address too: in a direct message that is the person.
 */
async function forgetRequests(money: Money, identityId: IdentityId, at: Date): Promise<number> {
  return money.transaction(async (client) => {
    const { rows } = await client.query<{ id: TaskId; conversation_id: string }>(
      `UPDATE tasks SET request_text = '', failure = failure - 'lost', identity_id = NULL WHERE id IN (
         SELECT id FROM tasks WHERE identity_id = $1 AND status IN ('completed', 'failed', 'canceled') ORDER BY id LIMIT ${ROWS_AT_ONCE} FOR NO KEY UPDATE
       ) RETURNING id, conversation_id`,
      [identityId],
    );
    const [tasks, conversations] = [rows.map(({ id }) => id), [...new Set(rows.map((row) => row.conversation_id))]];
    // Their direct messages, where answers of channels that are closed were said.
    const { rows: direct } = await client.query<{ id: string }>(
      `SELECT DISTINCT c.id FROM letters l JOIN dead_letters d ON d.letter_id = l.id JOIN conversations c ON c.id = d.moved_to
       WHERE l.task_id = ANY ($1) AND c.platform = l.platform AND NOT EXISTS (SELECT FROM tasks t WHERE t.conversation_id = c.id)`,
      [tasks],
    );
    conversations.push(...direct.map(({ id }) => id));
    await client.query('UPDATE conversations SET asked_by = NULL WHERE id = ANY ($1) AND asked_by = $2', [conversations, identityId]);
    await client.query('DELETE FROM showings WHERE task_id = ANY ($1)', [tasks]);
    await client.query('DELETE FROM approval_posts WHERE task_id = ANY ($1)', [tasks]);
    // Upkeep removes their content, and the first rows that we show of it.
    await client.query(
      `UPDATE files SET expires_at = least(expires_at, $2), name = 'attachment' WHERE task_id = ANY ($1) AND role = 'input'`,
      [tasks, at],
    );
    await client.query(`UPDATE waiting_inputs SET name = 'attachment' WHERE task_id = ANY ($1)`, [tasks]);
    await client.query(`UPDATE letters SET saying = saying - 'lost' WHERE task_id = ANY ($1) AND saying ? 'lost'`, [tasks]);
    // What repeats a person's words: lists of what was asked, and noes that quote them.
    await client.query(
      `DELETE FROM letters WHERE conversation_id = ANY ($1) AND saying ->> 'kind' IN ('history', 'refused') AND state IN ('sent', 'dead')`,
      [conversations],
    );
    // The name of such a place is the person's, or begins with their words.
    await client.query(
      `WITH emptied AS (
         UPDATE conversations c SET thread_ref = NULL, address = c.platform || ':erased:', channel = NULL WHERE c.id = ANY ($1)
           AND NOT EXISTS (SELECT FROM tasks t WHERE t.conversation_id = c.id AND (t.request_text <> '' OR t.status NOT IN ('completed', 'failed', 'canceled')))
           AND NOT EXISTS (SELECT FROM letters l WHERE l.conversation_id = c.id AND l.state IN ('planned', 'sending', 'unknown'))
         RETURNING c.id, old.thread_ref, old.address, old.channel, route_of(old.address) AS before, route_of(c.address) AS route
       ), letters_too AS (
         UPDATE letters l SET route = e.route FROM emptied e WHERE l.conversation_id = e.id AND l.route <> ''
       ), places_too AS (
         DELETE FROM places p USING emptied e WHERE p.kind IN ('thread', 'direct') AND p.ref IN (e.thread_ref, e.address, e.channel)
       )
       DELETE FROM routes r USING emptied e WHERE r.route = e.before`,
      [conversations],
    );
    await client.query(
      `UPDATE tasks t SET channel = NULL FROM conversations c WHERE t.id = ANY ($1) AND c.id = t.conversation_id AND c.thread_ref IS NULL AND c.channel IS NULL`,
      [tasks],
    );
    return rows.length;
  });
}

const LINES_AT_ONCE = 20_000;

/** Empties lines of the audit log, whichever team they belong to. $3 and on in `which` are `values`. */
async function emptied(money: Money, which: string, at: Date, values: readonly unknown[]): Promise<void> {
  const { rows } = await money.query<{ last: string | null }>({ text: 'SELECT max(id) AS last FROM audit_entries' }, []);
  const last = Number(rows[0]!.last ?? 0);
  for (let from = 0; from < last; from += LINES_AT_ONCE)
    await money.query(
      {
        text: `UPDATE audit_entries e SET subject = NULL, facts = '{}', erased_at = $2
               WHERE e.id > $1 AND e.id <= $1::bigint + ${LINES_AT_ONCE} AND e.erased_at IS NULL AND ${which}`,
      },
      [from, at, ...values],
    );
}

const BLOCKS_AT_ONCE = 2_000;

/** Goes over a whole table, some blocks at a time. Rows that are written meanwhile are not met. */
async function walk(money: Money, table: 'asks', step: (from: string, to: string) => Promise<unknown>): Promise<void> {
  const { rows } = await money.query<{ blocks: string }>(
    { text: `SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint AS blocks` },
    [table],
  );
  for (let block = 0; block <= Number(rows[0]!.blocks); block += BLOCKS_AT_ONCE)
    await step(`'(${block},0)'::tid`, `'(${block + BLOCKS_AT_ONCE},0)'::tid`);
}
