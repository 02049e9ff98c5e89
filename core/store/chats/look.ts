// Who speaks in a chat, who pays there, in what state the thread is, and whether this gesture has an outcome already: all that a
// message is judged by, in one read. Everything that queued meanwhile is read together.

import type { ConversationId, IdentityId, TaskId, TeamId, UserId } from '#core/domain/ids.ts';
import type { ThreadState } from '#core/domain/chats/addressed.ts';
import type { Speaker } from '#core/domain/chats/speaker.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { PlaceRules } from '#core/domain/workspaces/place.ts';
import { payerIn, type Payer, type PayerRow } from '../accounts/payer.ts';
import { groupCommit } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';
import type { StoredAnswer } from './outcomes.ts';

export interface Look {
  readonly speaker: Speaker;
  /** Whose rules hold; null where none matter. */
  readonly channel: string | null;
  /** null where it does not matter. */
  readonly threadRef: ThreadRef | null;
  readonly key: string;
  readonly twin: string | null;
  /** In a direct message, where whoever asks knows that. */
  readonly direct?: boolean | undefined;
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
  /** In this channel. */
  readonly guestsMayAsk: boolean;
  /** Of the channel; muted also where the thread is, and with the roles of its workspace where it has none. */
  readonly place: Pick<PlaceRules, 'answers' | 'muted' | 'roles' | 'onlyListed' | 'open'>;
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
      const { rows } = await money.query<SeenRow>(
        { name: 'chat look', text: 'SELECT * FROM chat_look($1, $2, $3, $4, $5, $6, $7, $8, $9)' },
        [
          column(({ speaker }) => speaker.platform),
          column(({ speaker }) => speaker.space),
          column(({ speaker }) => speaker.workspace),
          column(({ speaker }) => speaker.externalId),
          column(({ channel }) => channel),
          column(({ threadRef }) => threadRef),
          column(({ key }) => key),
          column(({ twin }) => twin),
          looks.map(({ direct = false }) => direct),
        ],
      );
      const byNumber = new Map(rows.map((row) => [Number(row.n), row]));
      return looks.map((_, i) => seenIn(byNumber.get(i + 1)!));
    },
  });
}

interface SeenRow extends PayerRow {
  readonly n: string;
  readonly identity_id: IdentityId | null;
  readonly display_name: string | null;
  readonly user_id: UserId | null;
  readonly workspace_pays: boolean;
  readonly guests_may_ask: boolean;
  readonly answers: PlaceRules['answers'];
  readonly muted: boolean;
  readonly roles: string[];
  readonly only_listed: boolean;
  readonly open: boolean;
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
    place: { answers: row.answers, muted: row.muted, roles: row.roles, onlyListed: row.only_listed, open: row.open },
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
