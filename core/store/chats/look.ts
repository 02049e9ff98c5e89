// Who speaks in a chat, who pays there, in what state the thread is, and whether this gesture has an outcome already: all that a
// message is judged by, in one read. Everything that queued meanwhile is read together.

import type { IdentityId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import type { ThreadState } from '#core/domain/chats/addressed.ts';
import type { Speaker } from '#core/domain/chats/speaker.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { ConversationId } from '#core/domain/ids.ts';
import { payerIn, type Payer, type PayerRow } from '../accounts/payer.ts';
import { groupCommit } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';
import type { StoredAnswer } from './outcomes.ts';

export interface Look {
  readonly speaker: Speaker;
  /** null where it does not matter. */
  readonly threadRef: ThreadRef | null;
  readonly key: string;
  readonly twin: string | null;
}

export interface Seen {
  /** null for an account that we do not know. */
  readonly identityId: IdentityId | null;
  readonly displayName: string | null;
  readonly userId: UserId | null;
  /** Who pays for what they ask here: the workspace's team, else the team of their own. */
  readonly payer: Payer | null;
  /** A team pays for all of the workspace. */
  readonly workspacePays: boolean;
  readonly guestsMayAsk: boolean;
  readonly thread: (ThreadState & { readonly conversationId: ConversationId; readonly teamId: TeamId }) | null;
  readonly known: StoredAnswer | null;
}

export type LookAt = (look: Look) => Promise<Seen>;

const LARGEST_BATCH = 256;

export function lookOver(money: Money): LookAt {
  return groupCommit<Look, Seen>({
    most: LARGEST_BATCH,
    async run(looks) {
      const column = (of: (look: Look) => string | null) => looks.map(of);
      const { rows } = await money.query<SeenRow>({ name: 'chat look', text: LOOK }, [
        column(({ speaker }) => speaker.platform),
        column(({ speaker }) => speaker.space),
        column(({ speaker }) => speaker.workspace),
        column(({ speaker }) => speaker.externalId),
        column(({ threadRef }) => threadRef),
        column(({ key }) => key),
        column(({ twin }) => twin),
      ]);
      const byNumber = new Map(rows.map((row) => [Number(row.n), row]));
      return looks.map((_, i) => seenIn(byNumber.get(i + 1)!));
    },
  });
}

// A workspace has no such column before guests could be allowed.
const LOOK = `
  SELECT g.n, a.id AS identity_id, a.display_name, a.user_id, s.id IS NOT NULL AS workspace_pays,
    coalesce(s.guests_may_ask, false) AS guests_may_ask, w.team_id, w.id AS wallet_id, m.role, t.frozen_at, t.deletion_at,
    t.confirm_above AS team_above, u.confirm_above AS own_above, c.id AS conversation_id, c.team_id AS thread_team, c.asked_by, c.asked_at, c.spoken_at,
    k.key AS known_key, k.outcome, k.task_id, k.saying
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS g(platform, space, workspace, external_id, thread_ref, key, twin, n)
  LEFT JOIN identities a ON a.platform = g.platform AND a.space = coalesce(g.space, '') AND a.external_id = g.external_id
  LEFT JOIN workspaces s ON s.platform = g.platform AND s.external_id = g.workspace AND s.uninstalled_at IS NULL
  LEFT JOIN teams own ON own.personal_of = a.user_id
  LEFT JOIN wallets w ON w.team_id = coalesce(s.team_id, own.id)
  LEFT JOIN members m ON m.team_id = w.team_id AND m.user_id = a.user_id
  LEFT JOIN teams t ON t.id = w.team_id
  LEFT JOIN users u ON u.id = a.user_id
  LEFT JOIN conversations c ON c.thread_ref = g.thread_ref
  LEFT JOIN message_names x ON x.name = g.key
  LEFT JOIN message_names y ON y.name = g.twin
  LEFT JOIN LATERAL (
    SELECT q.key, q.outcome, q.task_id, coalesce(q.answer, l.saying) AS saying FROM asks q LEFT JOIN letters l ON l.id = q.letter_id
    WHERE q.key = coalesce(y.key, x.key, g.key)
  ) k ON true`;

interface SeenRow extends PayerRow {
  readonly n: string;
  readonly identity_id: IdentityId | null;
  readonly display_name: string | null;
  readonly user_id: UserId | null;
  readonly workspace_pays: boolean;
  readonly guests_may_ask: boolean;
  readonly conversation_id: ConversationId | null;
  readonly thread_team: TeamId | null;
  readonly asked_by: IdentityId | null;
  readonly asked_at: Date | null;
  readonly spoken_at: Date | null;
  readonly known_key: string | null;
  readonly outcome: StoredAnswer['outcome'] | null;
  readonly task_id: TaskId | null;
  readonly saying: StoredAnswer['saying'];
}

function seenIn(row: SeenRow): Seen {
  return {
    identityId: row.identity_id,
    displayName: row.display_name,
    userId: row.user_id,
    payer: payerIn(row),
    workspacePays: row.workspace_pays,
    guestsMayAsk: row.guests_may_ask,
    thread:
      row.conversation_id === null
        ? null
        : {
            conversationId: row.conversation_id,
            teamId: row.thread_team!,
            askedBy: row.asked_by,
            askedAt: row.asked_at,
            spokenAt: row.spoken_at,
          },
    known: row.known_key === null ? null : { key: row.known_key, outcome: row.outcome!, taskId: row.task_id, saying: row.saying },
  };
}
