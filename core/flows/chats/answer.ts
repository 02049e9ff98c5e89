// How the verbs of chats answer: what came of it, and how that is shown. What concerns one person is for their eyes alone; what
// concerns a task is a letter in its thread.

import { askLimits } from '#core/domain/asks/limits.ts';
import type { ChatVerb } from '#core/domain/asks/verb-rates.ts';
import { speakerKey, type Speaker } from '#core/domain/chats/speaker.ts';
import type { TaskId } from '#core/domain/ids.ts';
import type { Notice, RefusedSaying } from '#core/domain/messages/letter.ts';
import { privateReply, type PrivateSaying } from '#core/domain/messages/private.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { never } from '#core/domain/never.ts';
import type { Refused } from '#core/domain/refusals/refusal.ts';
import { agentTypes, type AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Seen } from '#core/store/chats/look.ts';
import type { Decision, StoredAnswer } from '#core/store/chats/outcomes.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Core } from '../runtime/core.ts';
import type { Taken } from '../tasks/intake.ts';
import { commandReply, isLinkOpen, offerLink, type ReadCommand } from './offers.ts';

export interface Answered {
  /**
   * `approval` waits for approval. `ignored` was not for us. `decision` is what came of a press, a command, an edit or a removal.
   * `too-many` was dropped, and nothing of it is stored.
   */
  readonly outcome: 'task' | 'approval' | 'refused' | 'ignored' | 'decision' | 'too-many';
  /** It had been judged before; `show` is the same again, for a door that may not have shown it. */
  readonly repeated: boolean;
  readonly taskId: TaskId | null;
  /** Why, where it was refused. */
  readonly refused: Refused | null;
  /** What was done, where it was a decision: `approved`, `canceled`, `command.help`. */
  readonly did: string | null;
  readonly show: Show;
}

export type Show =
  /** A letter in the thread says it. */
  | { readonly kind: 'thread' }
  /** For this person's eyes alone. */
  | { readonly kind: 'private'; readonly reply: Reply }
  | { readonly kind: 'form'; readonly form: ChangeForm }
  | { readonly kind: 'nothing' };

/** A form with the request as it is. It comes back as a press with the same choice. */
export interface ChangeForm {
  readonly taskId: TaskId;
  readonly text: string;
  readonly textMost: number;
  readonly type: AgentType;
  readonly types: readonly AgentType[];
  /** null where the type is charged by usage. */
  readonly count: number | null;
}

/** A decision as it is stored: how it is shown, without words of people and without links. */
export interface Decided extends Decision {
  readonly did: string;
  readonly taskId: TaskId | null;
  readonly show: StoredShow;
}

export type StoredShow =
  | { readonly kind: 'thread' | 'nothing' }
  | { readonly kind: 'private'; readonly say: RefusedSaying | Notice }
  | { readonly kind: 'command'; readonly name: ReadCommand }
  | { readonly kind: 'form'; readonly taskId: TaskId };

export function decided(did: string, taskId: TaskId | null, show: StoredShow): Decided {
  return { kind: 'decision', did, taskId, show };
}

export function toldPrivately(did: string, taskId: TaskId | null, say: RefusedSaying | Notice): Decided {
  return decided(did, taskId, { kind: 'private', say });
}

export const nothingToShow: Answered = {
  outcome: 'ignored',
  repeated: false,
  taskId: null,
  refused: null,
  did: null,
  show: { kind: 'nothing' },
};

/** What was stored of a gesture, shown to whoever makes it again. */
export async function answerOf(core: Core, speaker: Speaker, seen: Seen, stored: StoredAnswer, repeated: boolean): Promise<Answered> {
  const { outcome, taskId, saying } = stored;
  const answered = { ...nothingToShow, repeated, taskId };
  if (outcome === 'task') return { ...answered, outcome: saying?.kind === 'approval' ? 'approval' : 'task', show: { kind: 'thread' } };
  if (saying?.kind === 'refused') {
    const refused = refusedIn(saying as RefusedSaying);
    return {
      ...answered,
      outcome: 'refused',
      refused,
      show: await showRefused(core, speaker, seen, refused, { hasLetter: true, repeated }),
    };
  }
  if (saying?.kind === 'decision') {
    const { did, show, taskId: about } = saying as Decided;
    const refused = show.kind === 'private' && show.say.kind === 'refused' ? refusedIn(show.say) : null;
    return { ...answered, outcome: 'decision', did, taskId: about, refused, show: await shown(core, speaker, seen, show, repeated) };
  }
  return answered;
}

/** What intake made of an ask. */
export async function answerTaken(core: Core, speaker: Speaker, seen: Seen, taken: Taken): Promise<Answered> {
  const { repeated } = taken;
  if (taken.kind !== 'refused') return { ...nothingToShow, outcome: taken.kind, repeated, taskId: taken.taskId, show: { kind: 'thread' } };
  const { refused, conversationId } = taken;
  if (refused.code === 'request.too-many' || refused.code === 'cancels.too-many')
    return tooOften(core, speaker, { kind: 'refused', ...refused });
  const show = await showRefused(core, speaker, seen, refused, { hasLetter: conversationId !== null, repeated });
  return { ...nothingToShow, outcome: 'refused', repeated, refused, show };
}

/** Told once, then dropped without a word. */
export async function tooOften(
  core: Core,
  speaker: Speaker,
  say: PrivateSaying = { kind: 'notice', notice: 'too-often' },
): Promise<Answered> {
  const tell = await core.rates.mayTell(speakerKey(speaker));
  return { ...nothingToShow, outcome: 'too-many', show: tell ? privately(core, say) : { kind: 'nothing' } };
}

/** Takes one of what this speaker may do; false when it is too much. */
export async function isWithin(core: Core, verb: ChatVerb, speaker: Speaker): Promise<boolean> {
  return (await core.rates.takeInChat(verb, ratedAs(speaker))) === 0;
}

/** As rates know a speaker. */
export function ratedAs(speaker: Speaker): { readonly person: string; readonly workspace: string } {
  const person = speakerKey(speaker);
  return { person, workspace: `${speaker.platform}:${speaker.workspace ?? person}` };
}

export function privately(core: Core, say: PrivateSaying): Show {
  return { kind: 'private', reply: privateReply(say, replyContext(core)) };
}

/** No letter is written for these: they concern the person who asked, and nobody else in the thread. */
const concernsOne: ReadonlySet<string> = new Set([
  'team.missing',
  'guests.not-allowed',
  'place.not-allowed',
  'roles.not-allowed',
  'thread.elsewhere',
  'conversation.not-found',
]);

async function showRefused(
  core: Core,
  speaker: Speaker,
  seen: Seen,
  refused: Refused,
  { hasLetter, repeated }: { hasLetter: boolean; repeated: boolean },
): Promise<Show> {
  if (hasLetter && !concernsOne.has(refused.code)) return { kind: 'thread' };
  // A new link would end the one that the first answer showed.
  if (refused.code === 'team.missing' && repeated && (await isLinkOpen(core, speaker))) return { kind: 'nothing' };
  if (refused.code === 'team.missing') return privately(core, await offerLink(core, speaker, seen, 'nobody-pays'));
  if (refused.code === 'conversation.not-found') return privately(core, { kind: 'refused', code: 'thread.elsewhere', facts: {} });
  return privately(core, { kind: 'refused', ...refused });
}

async function shown(core: Core, speaker: Speaker, seen: Seen, show: StoredShow, repeated: boolean): Promise<Show> {
  switch (show.kind) {
    case 'thread':
      return { kind: 'thread' };
    case 'nothing':
      return { kind: 'nothing' };
    case 'private':
      return privately(core, show.say);
    case 'command':
      if (repeated && show.name === 'link' && (await isLinkOpen(core, speaker))) return { kind: 'nothing' };
      return privately(core, await commandReply(core, speaker, seen, show.name));
    case 'form':
      return showForm(core, show.taskId);
    default:
      return never(show);
  }
}

async function showForm(core: Core, taskId: TaskId): Promise<Show> {
  const teamId = await core.store.chats.teamOf(taskId);
  const task = teamId === null ? null : await core.store.tasks.find(teamId, taskId);
  if (task === null || task.status !== 'awaiting_approval') return { kind: 'nothing' };
  const { requestText: text, type, quantity: count } = task;
  return { kind: 'form', form: { taskId, text, textMost: askLimits.textCharacters, type, types: agentTypes, count } };
}

function refusedIn({ code, facts }: RefusedSaying): Refused {
  return { code, facts } as Refused;
}
