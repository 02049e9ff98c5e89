// An ask becomes a task, or a refusal, in one transaction. Nothing is acknowledged before that has committed.

import { createHash } from 'node:crypto';
import { parseAsk, readWords, type Ask, type AskInput, type Request } from '#core/contracts/ask.ts';
import { amountOf, NO_CREDITS, type Amount } from '#core/domain/credits/credits.ts';
import { estimate } from '#core/domain/credits/estimate.ts';
import { isId, newId, type ConversationId, type FileId, type HoldId, type LetterId, type TaskId } from '#core/domain/ids.ts';
import { may } from '#core/domain/team/permission.ts';
import { chosenQuantity, quantityOf, type Quantity } from '#core/domain/asks/quantity.ts';
import { RATE_VERSION } from '#core/domain/credits/rates.ts';
import { needsApproval } from '#core/domain/credits/threshold.ts';
import type { Accepted, Approval } from '#core/domain/messages/letter.ts';
import { APPROVAL_MS } from '#core/domain/tasks/approval.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import { isAnswer, isRefusal, refuse, refusedBy, type Refused } from '#core/domain/refusals/refusal.ts';
import { platformOf, type ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { workIn } from '#core/domain/asks/work-in.ts';
import type { Intake, IntakeAnswer, IntakeRow, NewInput, NewTask } from '#core/store/tasks/intake.ts';
import type { Payer } from '#core/store/accounts/payer.ts';
import type { Core } from '../runtime/core.ts';
import { FETCH_WITHIN_MS } from '../files/fetch-inputs.ts';
import { unless, type Patience } from '../runtime/patience.ts';
import type { Rates, TooMuch, Who } from '../runtime/rates.ts';

export type Taken = TakenTask | TakenApproval | TakenRefusal;

export interface TakenTask {
  readonly kind: 'task';
  /** This ask had been taken before; nothing new happened. */
  readonly repeated: boolean;
  readonly taskId: TaskId;
  readonly conversationId: ConversationId;
  readonly threadRef: ThreadRef;
  readonly type: AgentType;
  readonly because: string;
  /** What was understood; null where the type is charged by usage, and for tasks from before it was told. */
  readonly quantity: Quantity | null;
  readonly estimateLow: Amount;
  readonly estimateHigh: Amount;
  readonly held: Amount;
  /** What the wallet can spend besides. */
  readonly available: Amount;
  /** How many tasks of the same conversation go first. */
  readonly position: number;
}

/** The estimate is above what the team or the asker wants to be asked from: nothing is held before `approve` (approve.ts). */
export interface TakenApproval extends Omit<TakenTask, 'kind' | 'held' | 'position'> {
  readonly kind: 'approval';
  /** The threshold. */
  readonly above: Amount;
  /** When it expires, ISO 8601. */
  readonly approveBy: string;
}

export interface TakenRefusal {
  readonly kind: 'refused';
  readonly repeated: boolean;
  readonly conversationId: ConversationId | null;
  readonly refused: Refused;
}

/** What chats (core/flows/chats/) know and want of an ask of theirs. Its key alone is its identity. */
export interface FromChat {
  readonly payer: Payer;
  /** Writes it down. */
  write(row: IntakeRow, at: Date, signal: AbortSignal): Promise<IntakeAnswer>;
  /** A number that was chosen in a form. */
  readonly count?: number | undefined;
  /** It is a request that was edited: it waits for approval, whatever it costs. */
  readonly isEdited?: boolean;
  /** The files of this task come with it. */
  readonly filesOf?: TaskId;
  /** Where its thread ref alone does not tell. */
  readonly conversationId?: ConversationId;
  /** It was typed as a command, which nobody else sees. */
  readonly byCommand?: boolean;
}

/** It repeats an earlier task, in that one's conversation and with its files. */
export interface Again {
  readonly of: TaskId;
  readonly conversationId: ConversationId;
}

/** From somebody who is logged in. */
export async function takeAsk(core: Core, input: AskInput, patience: Patience, again?: Again): Promise<Taken> {
  const ask = parseAsk(input);
  const { userId, teamId } = ask.from;
  return take(core, ask, patience, {
    again,
    async payer(signal) {
      const payer = await unless(signal, core.store.people.payerFor(userId, teamId));
      return payer === null || payer.role === null || may(payer.role, 'tasks.ask') ? payer : 'not.allowed';
    },
    identity: fingerprintOf(ask, again?.conversationId ?? null),
    write: core.store.intake,
  });
}

/** From a chat, which has looked up who pays and whether they may. */
export async function takeFromChat(core: Core, ask: Request, patience: Patience, chat: FromChat, again?: Again): Promise<Taken> {
  return take(core, ask, patience, { again, payer: async () => chat.payer, identity: ofMessage, write: chat.write, chat });
}

interface Door {
  readonly again: Again | undefined;
  /** null: no team pays. */
  payer(signal: AbortSignal): Promise<Payer | 'not.allowed' | null>;
  readonly identity: Pick<IntakeRow, 'fingerprint' | 'context'>;
  readonly write: Intake | FromChat['write'];
  readonly chat?: FromChat;
}

async function take(
  core: Core,
  ask: Request,
  patience: Patience,
  { again, payer: findPayer, identity, write, chat }: Door,
): Promise<Taken> {
  const understood = understand(core, ask, again !== undefined, chat?.count);
  const atMs = core.clock.now().getTime();
  const ids = {
    task: newId<TaskId>(atMs),
    hold: newId<HoldId>(atMs),
    letter: newId<LetterId>(atMs),
    conversation: again?.conversationId ?? chat?.conversationId ?? conversationIdFor(ask.threadRef),
  };

  const inputs = ask.files.flatMap((file): NewInput[] => {
    if (file.kind !== 'remote') return [];
    const id = newId<FileId>(atMs);
    return [{ id, name: file.name, mime: file.mime, sizeBytes: file.sizeBytes, ref: core.store.waitingInputs.sealed(id, file.ref) }];
  });

  // A request counts once, however often it is tried.
  let counted: { readonly tooMuch: TooMuch | null } | null = null;

  return patience.during(async (signal) => {
    const payer = await findPayer(signal);
    if (payer === null || payer === 'not.allowed') {
      const refused: Refused = { code: payer ?? 'team.missing', facts: {} };
      return { kind: 'refused', repeated: false, conversationId: null, refused };
    }
    const who = { person: payer.userId === null ? `identity:${payer.identityId}` : `user:${payer.userId}`, teamId: payer.teamId };
    counted ??= { tooMuch: await unless(signal, whyNotNow(core.rates, who, again !== undefined)) };
    const { tooMuch } = counted;
    // A repeat is no new request, so it gets its answer all the same.
    if (tooMuch !== null && !(await unless(signal, core.store.asks.isKnown(ask.key))))
      return { kind: 'refused', repeated: false, conversationId: null, refused: tooMuch };
    const read: Understood = payer.closed === null ? understood : { refused: payer.closed };
    const threshold = chat?.isEdited === true ? { above: NO_CREDITS, whose: 'you' as const } : payer.threshold;
    const asksAbove = 'task' in read && needsApproval(threshold, read.task.estimateHigh) ? threshold : null;
    const approveBy = asksAbove && new Date(atMs + APPROVAL_MS);
    const row: IntakeRow = {
      key: ask.key,
      ...identity,
      letterId: ids.letter,
      conversationId: ids.conversation,
      threadRef: again === undefined && chat?.conversationId === undefined && isRooted(ask.threadRef) ? ask.threadRef : null,
      address: ask.threadRef,
      platform: platformOf(ask.threadRef),
      channel: ask.channel ?? null,
      teamId: payer.teamId,
      walletId: payer.walletId,
      userId: payer.userId,
      identityId: payer.identityId,
      readHere: core.settings.readHere.has(platformOf(ask.threadRef)),
      ...('refused' in read
        ? { task: null, saying: { kind: 'refused', ...read.refused } }
        : {
            task: {
              ...read.task,
              id: ids.task,
              holdId: ids.hold,
              fileIds: storedFiles(ask),
              retryOf: again?.of ?? chat?.filesOf ?? null,
              deadlineAt: new Date(core.clock.now().getTime() + core.settings.taskDeadlineMs),
              approveBy,
              inputs,
              fetchUntil: new Date(atMs + FETCH_WITHIN_MS),
            },
            saying: {
              taskId: ids.task,
              type: read.task.type,
              because: read.task.because,
              estimateLow: amountOf(read.task.estimateLow),
              estimateHigh: amountOf(read.task.estimateHigh),
              ...(read.stated !== null && { quantity: read.task.quantity!, stated: read.stated }),
              ...(chat?.byCommand === true && { byCommand: true as const }),
              ...(asksAbove === null
                ? { kind: 'accepted' }
                : {
                    kind: 'approval',
                    waitsFor: 'you',
                    above: amountOf(asksAbove.above),
                    whose: asksAbove.whose,
                    approveBy: approveBy!.toISOString(),
                    ...(chat?.isEdited === true && { edited: true }),
                  }),
            },
          }),
    };
    const answer = await write(row, core.clock.now(), signal);
    const taken = takenFrom(answer, ask.threadRef);
    core.log.info(
      { taskId: answer.taskId, conversationId: answer.conversationId, outcome: answer.outcome, repeated: answer.repeated },
      'ask taken',
    );
    const taking = () => true;
    if (taken.kind === 'approval' && !taken.repeated) await unless(signal, core.rates.note('unapproved', who), taking);
    if (taken.kind === 'refused' && !taken.repeated)
      await unless(signal, core.rates.note(isAnswer(taken.refused.code) ? 'answered' : 'refused', who), taking);
    return taken;
  });
}

type Understood =
  | {
      readonly task: Omit<NewTask, 'id' | 'holdId' | 'retryOf' | 'deadlineAt' | 'approveBy' | 'fileIds' | 'inputs' | 'fetchUntil'>;
      /** Whether the quantity was named or is the usual one; null where the type is charged by usage. */
      readonly stated: boolean | null;
    }
  | { readonly refused: Refused };

function understand(core: Core, ask: Request, isAgain: boolean, chosenCount: number | undefined): Understood {
  try {
    // A file that can't be fetched can't reach an agent: whoever attached it is told, rather than that it is left out.
    const elsewhere = ask.files.filter((file) => file.kind === 'remote');
    if (elsewhere.length > 0 && !core.settings.fetchesFrom.has(platformOf(ask.threadRef)))
      throw refuse('files.not-fetched', { name: elsewhere[0]!.name, count: elsewhere.length });
    const { text, type: chosen } = readWords(ask, { isAgain });
    const { type, because, quantity: read } = workIn(text, chosen);
    const quantity = chosenCount === undefined ? read : chosenQuantity(type, chosenCount);
    const count = quantity?.count ?? null;
    const { low, high } = estimate(type, count, core.learned.of(type));
    return {
      task: { type, because, requestText: text, quantity: count, rateVersion: RATE_VERSION, estimateLow: low, estimateHigh: high },
      stated: quantity?.stated ?? null,
    };
  } catch (error) {
    if (isRefusal(error)) return { refused: refusedBy(error) };
    throw error;
  }
}

function storedFiles(ask: Request): FileId[] {
  return [...new Set(ask.files.flatMap((file) => (file.kind === 'stored' ? [file.fileId] : [])))];
}

function takenFrom(answer: IntakeAnswer, threadRef: ThreadRef): Taken {
  if (answer.outcome === 'mismatch') throw refuse('request.key-reused');
  const { saying } = answer;
  if (saying.kind === 'refused') {
    const { kind: _, ...refused } = saying;
    return { kind: 'refused', repeated: answer.repeated, conversationId: answer.conversationId, refused: refused as Refused };
  }
  const place = { repeated: answer.repeated, conversationId: answer.conversationId!, threadRef };
  if (saying.kind === 'accepted') return takenTask(saying, place);
  if (saying.kind === 'approval') return takenApproval(saying, place);
  throw new Error(`an ask was answered with ${saying.kind}`);
}

type Place = Pick<TakenTask, 'repeated' | 'conversationId' | 'threadRef'>;

/** A task that starts, from its first words. */
export function takenTask(saying: Accepted, place: Place): TakenTask {
  return { kind: 'task', ...place, ...workSaid(saying), held: saying.held, position: saying.position ?? 0 };
}

function takenApproval(saying: Approval, place: Place): TakenApproval {
  return { kind: 'approval', ...place, ...workSaid(saying), above: saying.above!, approveBy: saying.approveBy! };
}

function workSaid({ taskId, type, because, estimateLow, estimateHigh, quantity, stated = true, available }: Accepted | Approval) {
  const read = quantity === undefined ? null : quantityOf(type, quantity, stated);
  return { taskId, type, because, quantity: read, estimateLow, estimateHigh, available };
}

/**
 * The same request of the same person again, and not another one under the same key: all of an ask belongs to it but the
 * time, and whatever an ask has one day belongs to its context by itself. The two halves are kept apart because the version
 * before knows only the first, and must find its own requests again.
 */
function fingerprintOf(
  { key: _key, at: _at, from, text, type, files, threadRef, newConversation, ...rest }: Ask,
  repeats: ConversationId | null,
): { fingerprint: string; context: string } {
  const what = files.map((file) => (file.kind === 'stored' ? file.fileId : file.ref));
  const where = repeats ?? (newConversation ? platformOf(threadRef) : threadRef);
  const sent = files.map((file) => (file.kind === 'stored' ? null : [file.name, file.mime, file.sizeBytes]));
  const others = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    fingerprint: sha256([from.userId, text, type ?? null, what]),
    context: sha256([from.kind, from.teamId, where, sent, others]).slice(0, CONTEXT_CHARACTERS),
  };
}

/** A message is known by its coordinates alone: a twin, an edit or a delayed event gets the first answer. */
const ofMessage = { fingerprint: 'message', context: null };

/** Enough to tell two requests of one key apart, and short in a row of which there are very many. */
const CONTEXT_CHARACTERS = 32;

function sha256(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

/** `slack:T1:C9:` has no thread yet: our first words will make its root. */
function isRooted(ref: ThreadRef): boolean {
  return !ref.endsWith(':');
}

/** Where a thread ref is nothing but our own conversation (web, terminal), its id is the conversation's. */
function conversationIdFor(ref: ThreadRef): ConversationId {
  const rest = ref.slice(ref.indexOf(':') + 1);
  return isId(rest) ? (rest as ConversationId) : newId<ConversationId>();
}

async function whyNotNow(rates: Rates, who: Who, isRetry: boolean): Promise<TooMuch | null> {
  const waitSeconds = (await rates.take('tasks.ask', who)) || (isRetry ? await rates.take('tasks.retry', who) : 0);
  return waitSeconds > 0 ? { code: 'request.too-many', facts: { waitSeconds } } : rates.waiting(who);
}
