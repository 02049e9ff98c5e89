// What a form of the chat asks for. The key in the form makes it one task however often it is sent.

import { redirect } from 'react-router';
import { asNumber, micro } from '#core/domain/credits/credits.ts';
import { newId, type FileId } from '#core/domain/ids.ts';
import type { Quantity } from '#core/domain/asks/quantity.ts';
import { isAnswer, refuse, Refusal } from '#core/domain/refusals/refusal.ts';
import { takesFollowUps } from '#core/domain/messages/platforms.ts';
import { platformOf, type ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { App } from '#core/flows/app.ts';
import { attempt, readForm } from '../guarded.ts';
import type { Who } from '../visit.ts';
import { fileIn, type KeptFile } from './files/kept-file.ts';
import { turnAddress } from './turn-address.ts';
import type { Visited } from '../visited.ts';

/** A person, and the part of the core that is asked for them. */
type Asking<Noun extends keyof App> = Pick<Who, 'actor'> & { readonly app: Pick<App, Noun> };

/** What an ask may cost, in credits. */
export interface ShownEstimate {
  readonly type: string;
  readonly because: string;
  readonly quantity: Quantity | null;
  readonly low: number;
  readonly high: number;
  readonly available: number;
  readonly enough: boolean;
  /** Why it would be refused. */
  readonly trouble: string | null;
  /** It asks for no work, and this is the answer: nothing is wrong. */
  readonly isAnswer: boolean;
}

/** What was refused comes back, to be changed and asked anew: under a key that was answered it would be the old ask. */
export interface Typed {
  readonly text: string;
  readonly files: readonly KeptFile[];
  /** The old one after a refusal that leaves it open whether the ask was taken. */
  readonly key: string;
}

export async function askFrom(visit: Visited<Who>, conversationId: string | null) {
  const { app, actor, now, request } = visit;
  const form = await readForm(request);
  const text = form.text('text');
  const key = form.text('key') || newId();
  const files = form.all('file').map(fileIn);

  const ask = async () => {
    if (text === '') throw refuse('ask.empty');
    const threadRef = conversationId === null ? newThread() : await visit.untilBack(() => threadOf(visit, conversationId));
    const asked = {
      key: `web:${actor.teamId}:${actor.userId}:${key}`,
      threadRef,
      newConversation: conversationId === null,
      from: { kind: 'user' as const, userId: actor.userId, teamId: actor.teamId },
      text,
      files: files.map(({ id }) => ({ kind: 'stored' as const, fileId: id as FileId })),
      at: now,
    };
    const taken = await app.tasks.ask(asked, visit.waitedMs());
    if (taken.kind === 'refused') throw new Refusal(taken.refused);
    // Also for a task that needs approval: its turn asks for it.
    return redirect(turnAddress(taken));
  };
  return attempt(visit, 'ask', ask, (refusal): Typed => ({ text, files, key: isAnswered(refusal) ? newId() : key }));
}

/** The key has its answer for good. While something of ours is away nobody knows whether the ask was taken. */
function isAnswered(refusal: Refusal | null): boolean {
  return refusal !== null && refusal.status < 500;
}

function newThread(): ThreadRef {
  return `web:${newId()}` as ThreadRef;
}

/** What was said in Slack or Discord goes on there, where the others of that thread can read it. */
async function threadOf({ app, actor }: Asking<'messages'>, conversationId: string): Promise<ThreadRef> {
  const thread = await app.messages.thread(actor, conversationId);
  if (!takesFollowUps(platformOf(thread))) throw refuse('conversation.not-found');
  return thread;
}

export async function estimateOf({ app, actor }: Asking<'tasks'>, text: string): Promise<ShownEstimate> {
  const { type, because, quantity, low, high, available, enough, refused } = await app.tasks.estimate(actor, { text });
  return {
    type,
    because,
    quantity,
    low: asNumber(micro(low)),
    high: asNumber(micro(high)),
    available: asNumber(micro(available)),
    enough,
    trouble: refused === null ? null : sentence(new Refusal(refused)),
    isAnswer: refused !== null && isAnswer(refused.code),
  };
}

function sentence({ sentence: what, wayForward }: Refusal): string {
  return `${what} ${wayForward}`;
}
