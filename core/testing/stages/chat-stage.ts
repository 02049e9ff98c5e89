// A running product, and people who speak to it in a chat that nobody posts to: letters are written and read from the database.

import pg from 'pg';
import { vi } from 'vitest';
import type { CommandInput, MessageInput, PressInput, SpeakerInput } from '#core/contracts/chats.ts';
import { newId } from '#core/domain/ids.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import { wholeWorkspace, type NamedPlace, type PlaceRules } from '#core/domain/workspaces/place.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import { replyContext } from '#core/flows/messages/reply-context.ts';
import { verifyLedger } from '#core/store/credits/ledger-verify.ts';
import { agentsThat, csvOf, done } from './agents-that.ts';
import { clockByHand, type ClockByHand } from '../runner/clock-by-hand.ts';
import { openStage, type Person, type Stage, type StageOptions } from './stage.ts';

export interface ChatStage extends Stage {
  readonly clock: ClockByHand;
  /** Lets agents go on that work on 7 leads. */
  release(): void;
  /** A workspace of its own. With an owner it is linked to their team. */
  workspace(owner?: Person): Promise<Place>;
  verify(): Promise<unknown>;
}

export interface Place {
  readonly id: string;
  /** Somebody of this workspace. */
  speaker(name?: string, more?: Partial<SpeakerInput>): Voice;
  /** A new thread. */
  thread(): string;
  /** Makes rules for its channel, or for one of its threads. */
  rule(rules: Partial<PlaceRules>, threadRef?: string): Promise<void>;
  /** Makes rules for the whole workspace. */
  ruleAll(rules: Partial<PlaceRules>): Promise<void>;
  /** What a channel of it is called. */
  readonly named: Omit<NamedPlace, 'ref'>;
  /** What was said in a thread, a line each. */
  said(threadRef: string): Promise<string[]>;
  /** Statuses of the tasks of a thread, oldest first. */
  tasks(threadRef: string): Promise<{ id: string; status: string; text: string }[]>;
}

export interface Voice {
  readonly speaker: SpeakerInput;
  say(text: string, threadRef: string, more?: Partial<MessageInput>): Promise<Answered & { readonly key: string }>;
  press(choice: string, threadRef: string, more?: Partial<PressInput>): Promise<Answered>;
  command(name: string, more?: Partial<CommandInput>): Promise<Answered>;
  edit(key: string, text: string, at?: Date): Promise<Answered>;
  remove(key: string): Promise<Answered>;
  /** Links this account to the person. */
  link(person: Person): Promise<void>;
}

export async function openChatStage(options: StageOptions = {}): Promise<ChatStage> {
  const held = Promise.withResolvers<void>();
  const agents = agentsThat(async (job) => {
    if (job.quantity === 7) await held.promise;
    return done('Here they are.', [csvOf('leads.csv', job.quantity ?? 3)]);
  });
  const clock = clockByHand();
  const opened = await openStage({ agents, clock, ...options });
  const { app, core } = opened;
  const query = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => core.store.money.query<Row>({ text }, values);
  let threads = 0;

  return {
    ...opened,
    clock,
    release: () => held.resolve(),
    async workspace(owner) {
      const id = `W${newId().slice(-8)}`;
      if (owner !== undefined)
        await core.store.prisma.workspace.create({
          data: { id: newId(), platform: 'chat', externalId: id, teamId: owner.teamId, name: 'Acme chat' },
        });
      return {
        id,
        thread: () => `chat:${id}:C1:${++threads}`,
        named: { platform: 'chat', workspace: id, kind: 'channel', name: '#leads', private: false },
        ruleAll: (rules) => app.workspaces.rulePlace(wholeWorkspace('chat', id), rules),
        rule: (rules, threadRef) =>
          app.workspaces.rulePlace(
            {
              ref: threadRef ?? `chat:${id}:C1`,
              platform: 'chat',
              workspace: id,
              kind: threadRef === undefined ? 'channel' : 'thread',
              name: null,
              private: false,
            },
            rules,
          ),
        speaker: (name = 'ann', more = {}) =>
          voice({ platform: 'chat', workspace: id, space: id, externalId: name, name, isGuest: false, isOutsider: false, ...more }),
        async said(threadRef) {
          const { rows } = await query<{ saying: Saying }>(
            'SELECT l.saying FROM letters l JOIN conversations c ON c.id = l.conversation_id WHERE c.thread_ref = $1 ORDER BY l.seq',
            [threadRef],
          );
          return rows.map(({ saying }) => replyFor(saying, replyContext(core)).fallback);
        },
        tasks: (threadRef) => tasksIn(core, threadRef),
      };
    },
    async verify() {
      const client = new pg.Client(opened.databaseUrl);
      await client.connect();
      try {
        return await verifyLedger(client);
      } finally {
        await client.end();
      }
    },
  };

  function voice(speaker: SpeakerInput): Voice {
    return {
      speaker,
      async say(text, threadRef, more = {}) {
        const message: MessageInput = {
          key: `chat:${newId()}`,
          threadRef,
          channel: `chat:${speaker.workspace}:C1`,
          text,
          at: clock.now(),
          how: 'mention',
          ...more,
        };
        return { ...(await app.chats.hear(speaker, message)), key: message.key };
      },
      press: (choice, threadRef, more = {}) =>
        app.chats.act(speaker, { key: `chat:${newId()}`, choice, threadRef, at: clock.now(), ...more }),
      command: (name, more = {}) =>
        app.chats.command(speaker, {
          key: `chat:${newId()}`,
          name,
          text: '',
          threadRef: `chat:${speaker.workspace}:C1:`,
          at: clock.now(),
          ...more,
        }),
      edit: (key, text, at = clock.now()) => app.chats.changed(speaker, { key, text, at }),
      remove: (key) => app.chats.removed(speaker, { key }),
      async link({ userId }) {
        const identity = await core.store.people.rememberAccount(speaker as never);
        await query('UPDATE identities SET user_id = $2 WHERE id = $1', [identity, userId]);
      },
    };
  }
}

/** The tasks of a thread, oldest first. */
export async function tasksIn(
  { store }: Pick<Stage['core'], 'store'>,
  threadRef: string,
): Promise<{ id: string; status: string; text: string }[]> {
  const { rows } = await store.money.query<{ id: string; status: string; text: string }>(
    {
      text: `SELECT t.id, t.status, t.request_text AS text FROM tasks t JOIN conversations c ON c.id = t.conversation_id
        WHERE c.thread_ref = $1 ORDER BY t.created_at, t.id`,
    },
    [threadRef],
  );
  return rows;
}

/** Resolves with the first of these that says this, as soon as there is one. */
export function firstSaying(answers: () => Promise<readonly string[]>, words: RegExp): Promise<string> {
  return vi.waitFor(async () => {
    const all = await answers();
    const found = all.find((each) => words.test(each));
    if (found === undefined) throw new Error(`no answer says ${String(words)}: ${all.join('\n--\n')}`);
    return found;
  });
}

/** What is shown to one person alone, in one line; what else is shown, by its kind. */
export function shownIn({ show }: Pick<Answered, 'show'>): string {
  return show.kind === 'private' ? `private: ${show.reply.fallback}` : show.kind;
}

/** The addresses that a private reply leads to, by the label of their button. */
export function linksIn(reply: Reply): Record<string, string> {
  const choices = reply.blocks.flatMap((block) => (block.kind === 'choices' ? block.choices : []));
  return Object.fromEntries(choices.flatMap(({ label, url }) => (url === undefined ? [] : [[label, url]])));
}
