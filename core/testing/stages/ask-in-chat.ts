// Somebody without an account of ours asks in a workspace, as an adapter hands it on.

import type { MessageInput } from '#core/contracts/chats.ts';
import type { ConversationId, TaskId } from '#core/domain/ids.ts';
import { platformOf, type ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { App } from '#core/flows/app.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import type { Refused } from '#core/domain/refusals/refusal.ts';

export interface ChatAsk extends Pick<MessageInput, 'key' | 'threadRef' | 'text' | 'files' | 'at'> {
  readonly workspace: string;
  /** By the platform's id. */
  readonly channel?: string;
  readonly from: { readonly externalId: string; readonly displayName: string };
}

export type AskedInChat = (
  | { readonly kind: 'task' | 'approval'; readonly taskId: TaskId; readonly conversationId: ConversationId }
  | { readonly kind: 'refused'; readonly refused: Refused; readonly conversationId: ConversationId | null }
) & { readonly repeated: boolean };

interface Here {
  readonly app: Pick<App, 'chats'>;
  readonly core: Pick<Core, 'store'>;
}

export async function askInChat({ app, core }: Here, ask: ChatAsk): Promise<AskedInChat> {
  const { workspace, channel, from, ...said } = ask;
  const platform = platformOf(said.threadRef as ThreadRef);
  const here = `${platform}:${workspace}:`;
  const { outcome, repeated, taskId, refused } = await app.chats.hear(
    { platform, workspace, space: workspace, externalId: from.externalId, name: from.displayName, isGuest: false, isOutsider: false },
    {
      ...said,
      how: said.threadRef.endsWith(':') ? 'command' : 'mention',
      ...(channel !== undefined && { channel: channel.startsWith(here) ? channel : `${here}${channel}` }),
    },
  );
  const { rows } = await core.store.money.query<{ id: ConversationId | null }>(
    {
      text: `SELECT coalesce(t.conversation_id, l.conversation_id) AS id FROM asks a
        LEFT JOIN tasks t ON t.id = a.task_id LEFT JOIN letters l ON l.id = a.letter_id WHERE a.key = $1`,
    },
    [said.key],
  );
  const conversationId = rows[0]?.id ?? null;
  if (refused !== null) return { kind: 'refused', repeated, refused, conversationId };
  if (outcome !== 'task' && outcome !== 'approval') throw new Error(`what was said became ${outcome}`);
  return { kind: outcome, repeated, taskId: taskId!, conversationId: conversationId! };
}
