// Once something is decided its buttons are no use any more. The post then says what was decided, for everybody who sees it.

import { randomBytes } from 'node:crypto';
import type { KnownBlock } from '@slack/web-api';
import { toneSigns } from '#bots/drawing/signs.ts';
import { isId, type TaskId } from '#core/domain/ids.ts';
import { readChoice, type ChoiceAct } from '#core/domain/messages/choice.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import { linesIn } from '../draw/read.ts';
import { bold, linesAs, plain } from '../draw/rich-text.ts';
import type { PressedMessage } from '../in/shapes.ts';
import { keyed } from '../out/poster.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';

const CALL_MS = 5_000;
const NAME_CHARACTERS = 80;

export interface Verdict {
  readonly words: string;
  /** What can no longer be pressed. */
  readonly over: readonly ChoiceAct[];
  /** The request that no longer waits for approval. */
  readonly decided: TaskId | null;
}

const ofRequest = ['approve', 'change', 'cancel'] as const;

/** What a press decided, or found decided; null where the post stays as it is. */
export function verdictOn(choice: string, answered: Pick<Answered, 'did' | 'refused' | 'show'>, name: string): Verdict | null {
  const by = shorten(cleanText(name).replace(/\s+/g, ' '), NAME_CHARACTERS);
  if (answered.did === 'retried') return { words: `Run again by ${by}.`, over: ['retry'], decided: null };
  const words = wordsFor(choice, answered, by);
  return words === null ? null : { words, over: ofRequest, decided: readChoice(choice)?.taskId ?? null };
}

function wordsFor(choice: string, { did, refused, show }: Pick<Answered, 'did' | 'refused' | 'show'>, by: string): string | null {
  if (did === 'approved') return `Approved by ${by}.`;
  if (did === 'changed') return `Changed by ${by}. The changed request is below.`;
  // It may have been canceled before, by somebody else.
  if (did === 'canceled') return show.kind === 'nothing' ? 'Canceled.' : `Canceled by ${by}.`;
  if (did === 'stopping') return `Canceled by ${by}. The agent is stopping.`;
  if (!ofRequest.some((act) => choice.startsWith(`${act}:`)) || refused === null) return null;
  if (refused.code === 'approval.expired') return 'This request has expired.';
  if (refused.code === 'task.started') return 'This request was approved.';
  return (refused.code === 'task.over' ? ends[refused.facts.status] : undefined) ?? null;
}

const ends: Readonly<Partial<Record<string, string>>> = {
  completed: 'This task is done.',
  failed: 'This task failed.',
  canceled: 'This task was canceled.',
};

/** The post without those buttons, and with what was decided; null where it has none of them, or is edited while work goes on. */
export function withVerdict(blocks: readonly KnownBlock[], { words, over }: Pick<Verdict, 'words' | 'over'>): KnownBlock[] | null {
  const isGone = (element: object) => {
    const { value, url } = element as { value?: string; url?: string };
    return url === undefined && over.some((act) => value?.startsWith(`${act}:`));
  };
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? (block.elements as object[]) : []));
  if (!buttons.some(isGone)) return null;
  const canApprove = buttons.some((element) => (element as { value?: string }).value?.startsWith('approve:'));
  if (!canApprove && over.includes('cancel') && showsWork(blocks)) return null;
  const line = linesAs('section', [[bold(words)]]);
  let isSaid = false;
  return blocks.flatMap((before): KnownBlock[] => {
    // Each version of a message wants other ids.
    const block = { ...before };
    delete block.block_id;
    if (block.type !== 'actions') return [block];
    const left = block.elements.filter((element) => !isGone(element));
    const said = isSaid || left.length === block.elements.length ? [] : line;
    isSaid ||= said.length > 0;
    return [...said, ...(left.length === 0 ? [] : [{ ...block, elements: left }])];
  });
}

/** Its end is shown by whoever shows the work. */
function showsWork([first]: readonly KnownBlock[]): boolean {
  return first?.type === 'header' && first.text.text.startsWith(`${toneSigns.wait} `);
}

/** Whether this can be pressed there. */
export function offers({ blocks }: PressedMessage, choice: string): boolean {
  return (blocks as KnownBlock[]).some(
    (block) => block.type === 'actions' && block.elements.some((element) => 'value' in element && element.value === choice),
  );
}

const DECIDED = 'decided';

/**
 * The letter that a post is of, by the id of its first block; null where it does not say. It stays when the post says what was decided,
 * or whoever presses what they saw before would not be known to press the same again.
 */
export function letterKeyOf(blockId: string | undefined): string | null {
  const key = blockId?.replace(new RegExp(`^${DECIDED}:([^:]+):.*$`), '$1');
  return key !== undefined && isId(key) ? key : null;
}

/** In the background, as well as it goes: pressed again, it is tried again. Never rejects. */
export function showVerdict(deps: SaidDeps, here: Installation, channel: string, message: PressedMessage, verdict: Verdict): void {
  const blocks = withVerdict(message.blocks as KnownBlock[], verdict);
  if (blocks !== null) deps.forOne.attempt(edit(deps, here, channel, message, { blocks, decided: verdict.decided }));
}

interface PostLines {
  readonly ts: string;
  readonly thread: string | null;
  readonly lines: readonly string[];
  /** Of its letter. */
  readonly key?: string | undefined;
}

/** A post of which only its lines are known. */
export function showVerdictOn(
  deps: SaidDeps,
  here: Installation,
  channel: string,
  { ts, thread, lines, key }: PostLines,
  { words, decided }: Verdict,
): void {
  const blocks = linesAs('section', [...lines.map(plain), [bold(words)]]);
  const before = key === undefined ? [] : [{ type: 'section', block_id: key }];
  deps.forOne.attempt(
    edit(deps, here, channel, { ts, thread_ts: thread ?? undefined, text: lines[0], blocks: before }, { blocks, decided }),
  );
}

/** Without what is pressed there. */
export function linesWithoutButtons(blocks: readonly KnownBlock[]): string[] {
  return linesIn(blocks.filter(({ type }) => type !== 'actions'));
}

async function edit(
  { app, call, forOne, log }: SaidDeps,
  here: Installation,
  channel: string,
  { ts, thread_ts: thread, text, blocks: before }: PressedMessage,
  { blocks, decided }: { readonly blocks: readonly KnownBlock[]; readonly decided: TaskId | null },
): Promise<void> {
  try {
    // The letter's key goes with the edit, so its post has to be known before.
    const key = letterKeyOf(before[0]?.block_id);
    const isRoot = thread === undefined || thread === ts;
    const root = isRoot ? { threadRef: refs.format({ team: here.externalId, channel, thread: ts }) } : {};
    if (key !== null) await app.messages.heardOurs({ key, messageRef: ts, ...root });
    const post = keyed({ text: text ?? '', blocks }, `${DECIDED}:${key ?? ''}:${randomBytes(6).toString('hex')}`);
    const args = { channel, ts, ...post, parse: 'none', link_names: false };
    await forOne.patiently(() => call('chat.update', here.tokens.bot, args, AbortSignal.timeout(CALL_MS)));
    // Or it would be edited once more, by whoever shows what was decided elsewhere.
    if (decided !== null) await app.messages.decisionShown(decided);
  } catch (error) {
    log.warn({ team: here.externalId, error }, 'what was decided is not shown');
  }
}
