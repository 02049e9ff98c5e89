// The form with which a person changes a request that waits, and what they put into it.

import { createHash } from 'node:crypto';
import type { KnownBlock, ModalView, PlainTextInput, StaticSelect } from '@slack/web-api';
import { z } from 'zod';
import { changeFields, changeWords, filledIn, type ChangeField } from '#bots/change-form.ts';
import { notAccepted, sayFailed, sayFormNotOpened, sayTooLong, sayTooMany } from '#bots/words.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { shorten } from '#core/domain/text/text.ts';
import type { ChangeForm } from '#core/flows/chats/answer.ts';
import type { PressedMessage, Submitted } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { viewKey } from '../keys.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import type { Recipient } from '../said/private.ts';
import { speakerOf } from '../said/speaker.ts';
import { letterKeyOf, linesWithoutButtons, showVerdictOn, verdictOn } from './decided.ts';

export const CHANGE = 'change';
/** Characters that a field of Slack takes. */
const FIELD_MOST = 3_000;
/** Slack opens a form within three seconds of the press. */
const OPEN_MS = 2_000;

interface Origin {
  readonly trigger: string | undefined;
  readonly to: Recipient;
  readonly choice: string;
  readonly threadRef: string;
  /** The post that was pressed. */
  readonly post: PressedMessage | null;
}

/** At once; where Slack does not open it, the person is told. */
export function openForm(
  { call, forOne, log }: SaidDeps,
  here: Installation,
  { trigger, to, choice, threadRef, post }: Origin,
  form: ChangeForm,
): void {
  const name = `${choice}:${form.taskId}:${trigger ?? ''}`;
  const fields = changeFields(form, FIELD_MOST);
  if (fields === null) return forOne.tell(name, to, sayTooLong);
  const metadata = metadataOf({ choice, threadRef, channel: to.channel, thread: to.thread }, post);
  const view = changeView(fields, metadata);
  forOne.attempt(
    call('views.open', here.tokens.bot, { trigger_id: trigger, view }, AbortSignal.timeout(OPEN_MS)).catch((error: unknown) => {
      log.warn({ team: to.team, error }, 'form not opened');
      forOne.tell(name, to, sayFormNotOpened);
    }),
  );
}

/** Characters that Slack keeps with a form. */
const METADATA_MOST = 3_000;

/** Once the form is sent, the post says so: as much of it as fits is kept for that. */
function metadataOf(origin: Readonly<Record<string, string | null>>, post: PressedMessage | null): string {
  const lines = post === null ? [] : linesWithoutButtons(post.blocks as KnownBlock[]);
  const key = letterKeyOf(post?.blocks[0]?.block_id) ?? undefined;
  const whole = JSON.stringify({ ...origin, ...(post !== null && { post: { ts: post.ts, key, lines } }) });
  return whole.length <= METADATA_MOST ? whole : JSON.stringify(origin);
}

function changeView(fields: readonly ChangeField[], metadata: string): ModalView {
  return {
    type: 'modal',
    callback_id: CHANGE,
    private_metadata: metadata,
    title: words(changeWords.title),
    submit: words(changeWords.submit),
    close: words('Close'),
    blocks: fields.map((field) => ({
      type: 'input',
      block_id: field.id,
      ...(!field.required && { optional: true }),
      label: words(field.label),
      element: elementOf(field),
    })),
  };
}

function elementOf(field: ChangeField): PlainTextInput | StaticSelect {
  const { id, value } = field;
  if (field.kind === 'choice') {
    const options = field.options.map((each) => ({ text: words(each.label), value: each.id }));
    return { type: 'static_select', action_id: id, options, initial_option: options.find((each) => each.value === value)! };
  }
  return {
    type: 'plain_text_input',
    action_id: id,
    ...(field.kind === 'text' && { multiline: true }),
    max_length: field.most,
    initial_value: value,
  };
}

function words(text: string) {
  return { type: 'plain_text' as const, text, emoji: false };
}

/**
 * Comes back as a press with the same choice. Gives what the form says where nothing came of it: it stays open then, with what was
 * typed; null closes it. Never rejects: Slack does not tell it again.
 */
export async function submitted(deps: SaidDeps, here: Installation, { user, view }: Submitted, wait: WaitOf): Promise<FormErrors | null> {
  const { app, directory, forOne, clock, log } = deps;
  const team = here.externalId;
  let isSent = false;
  try {
    const origin = originSchema.parse(JSON.parse(view.private_metadata));
    const to = { team, channel: origin.channel, thread: origin.thread, user: user.id };
    // What a person could put there leads nowhere else.
    if (refs.parse(origin.threadRef)?.team !== team) throw new Error('a form of another workspace');
    const who = await directory.who(team, user.id);
    const { choice, threadRef } = origin;
    const form = typedIn(view.state.values);
    // Changed after it was refused, it is another try.
    const key = viewKey(team, view.id, createHash('sha256').update(JSON.stringify(form)).digest('hex').slice(0, 32));
    isSent = true;
    const answered = await app.chats.act(
      speakerOf(here, who),
      { key, choice, threadRef, direct: origin.channel.startsWith('D'), at: clock.now(), form },
      wait(),
    );
    const { show, did, outcome } = answered;
    const verdict = verdictOn(choice, answered, who.name);
    if (origin.post !== undefined && verdict !== null)
      showVerdictOn(deps, here, origin.channel, { ...origin.post, thread: origin.thread }, verdict);
    if (did === 'changed') forOne.show(key, to, show);
    else return errorIn(outcome === 'too-many' ? sayTooMany : show.kind === 'private' ? show.reply.fallback : notAccepted);
    return null;
  } catch (error) {
    log.warn({ team, error }, 'form not taken');
    return errorIn(sayFailed(error, isSent).fallback);
  }
}

/** By the block below which each is shown. */
export type FormErrors = Readonly<Record<string, string>>;

/** Slack says no limit; longer ones would hide the form. */
const ERROR_MOST = 300;

export function errorIn(words: string, field = 'text'): FormErrors {
  return { [field]: shorten(words, ERROR_MOST) };
}

const originSchema = z.object({
  choice: z.string(),
  threadRef: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  post: z.object({ ts: z.string(), key: z.string().optional(), lines: z.array(z.string()) }).optional(),
});

function typedIn(values: Submitted['view']['state']['values']): ReturnType<typeof filledIn> {
  return filledIn({
    text: values['text']?.['text']?.value ?? '',
    type: values['type']?.['type']?.selected_option?.value ?? '',
    count: values['count']?.['count']?.value ?? '',
  });
}
