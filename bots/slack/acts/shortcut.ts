// “Run on this message”, in the menu of every message: a form asks what is to be done, and what is sent is a request in the thread of
// that message, which comes along with its files. Where the app is not in the channel, the answer is a direct message.

import { createHash } from 'node:crypto';
import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { notAccepted, sayFailed, sayShortcutNotOpened, sayTooMany } from '#bots/words.ts';
import type { MessageInput } from '#core/contracts/chats.ts';
import { shorten } from '#core/domain/text/text.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import type { Shortcut, Submitted } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { channelOf, viewKey } from '../keys.ts';
import { RUN } from '../manifest/manifest.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import { attached, wordsIn } from '../said/said.ts';
import { speakerOf } from '../said/speaker.ts';
import { answeredIn } from './answered-in.ts';
import { errorIn, type FormErrors } from './form.ts';
import { sayingModal, words } from './modal.ts';

/** Characters that a field of Slack takes, and that it keeps with a form. */
const FIELD_MOST = 3_000;
const METADATA_MOST = 3_000;
/** Slack opens a form within three seconds of the press, and takes ten files with a message. */
const OPEN_MS = 2_000;
const FILES_MOST = 10;
const FILE_NAME_MOST = 80;

/** In the background. Whoever is shown no form presses again. Never rejects. */
export function askWhatToDo(deps: SaidDeps, here: Installation, shortcut: Shortcut): void {
  deps.forOne.attempt(open(deps, here, shortcut));
}

async function open(deps: SaidDeps, here: Installation, { user, trigger_id: trigger, channel, message }: Shortcut): Promise<void> {
  const { call, forOne, log } = deps;
  try {
    const said = await wordsIn(deps, here, message.text);
    const files = (message.files ?? []).slice(0, FILES_MOST).map((file) => {
      const { name, ...rest } = attached(here.externalId, file);
      return { ...rest, name: shorten(name, FILE_NAME_MOST) };
    });
    const origin: Origin = { channel: channel.id, thread: message.thread_ts ?? message.ts, files };
    const view = formFor(said, origin);
    await call('views.open', here.tokens.bot, { trigger_id: trigger, view }, AbortSignal.timeout(OPEN_MS));
  } catch (error) {
    log.warn({ team: here.externalId, error }, 'form not opened');
    const to = { team: here.externalId, channel: channel.id, thread: null, user: user.id };
    forOne.tell(`shortcut:${trigger}`, to, sayShortcutNotOpened);
  }
}

function formFor(said: string, origin: Origin): ModalView {
  const isCut = said.length > FIELD_MOST;
  const names = origin.files.map(({ name }) => name).join(', ');
  return {
    type: 'modal',
    callback_id: RUN,
    private_metadata: metadataOf(origin),
    title: words('Run on this message'),
    submit: words('Send request'),
    close: words('Close'),
    blocks: [
      {
        type: 'input',
        block_id: 'text',
        label: words('Request'),
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: FIELD_MOST,
          placeholder: words('Summarize this, and list the open questions'),
        },
      },
      {
        type: 'input',
        block_id: 'message',
        optional: true,
        label: words('Message'),
        hint: words(isCut ? 'Sent with your request. The message was too long to fit, so its end is left out.' : 'Sent with your request.'),
        element: {
          type: 'plain_text_input',
          action_id: 'message',
          multiline: true,
          max_length: FIELD_MOST,
          ...(said !== '' && { initial_value: shorten(said, FIELD_MOST) }),
        },
      },
      ...(names === ''
        ? []
        : [{ type: 'section' as const, block_id: 'files', text: words(shorten(`Files sent with it: ${names}`, FIELD_MOST)) }]),
    ],
  };
}

/** Names of files are the only thing in it that can be long. */
function metadataOf(origin: Origin): string {
  const whole = JSON.stringify(origin);
  if (whole.length <= METADATA_MOST) return whole;
  return JSON.stringify({
    ...origin,
    files: origin.files.map((file, i) => ({ ...file, name: `file-${i + 1}`, mime: 'application/octet-stream' })),
  });
}

/** What becomes of the form: it stays with errors, says something else, or closes (null). */
export type Sent = { readonly errors: FormErrors } | { readonly view: ModalView } | null;

/** Never rejects: Slack does not tell it again. */
export async function runOnMessage(deps: SaidDeps, here: Installation, { user, view }: Submitted, wait: WaitOf): Promise<Sent> {
  const { app, directory, clock, status, log } = deps;
  const team = here.externalId;
  let isSent = false;
  try {
    const origin = originSchema.parse(JSON.parse(view.private_metadata));
    const [text = '', message = ''] = ['text', 'message'].map((name) => (view.state.values[name]?.[name]?.value ?? '').trim());
    const [who, channel] = await Promise.all([
      directory.who(team, user.id),
      answeredIn(deps, here, { channel_id: origin.channel, user_id: user.id }),
    ]);
    const threadRef = refs.format({ team, channel, thread: channel === origin.channel ? origin.thread : '' });
    const digest = createHash('sha256')
      .update(JSON.stringify([text, message]))
      .digest('hex')
      .slice(0, 32);
    const given: MessageInput = {
      key: viewKey(team, view.id, digest),
      threadRef,
      channel: channelOf(team, channel),
      direct: channel.startsWith('D'),
      text,
      context: message,
      at: clock.now(),
      how: 'command',
      files: origin.files,
    };
    isSent = true;
    const answered = await app.chats.hear(speakerOf(here, who), given, wait());
    if (answered.outcome === 'task' && !answered.repeated) status.working(threadRef, user.id, null);
    return sentWith(answered);
  } catch (error) {
    log.warn({ team, error }, 'form not taken');
    return { errors: errorIn(sayFailed(error, isSent).fallback) };
  }
}

function sentWith({ outcome, show }: Answered): Sent {
  if (outcome === 'too-many') return { errors: errorIn(sayTooMany) };
  // What concerns one person is said where the form was: nobody else needs to see it.
  if (show.kind === 'private') return { view: sayingModal('Request', show.reply) };
  return outcome === 'ignored' ? { errors: errorIn(notAccepted) } : null;
}

const fileSchema = z.object({ kind: z.literal('remote'), name: z.string(), mime: z.string(), sizeBytes: z.number(), ref: z.string() });
const originSchema = z.object({ channel: z.string(), thread: z.string(), files: z.array(fileSchema) });
type Origin = z.output<typeof originSchema>;
