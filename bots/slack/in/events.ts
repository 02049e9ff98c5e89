// What people do in channels and direct messages: messages, their edits and deletions, and Slack's own Stop. All of it goes through the
// inbox, so that Slack has its acknowledgement in time however many come. What concerns nobody of ours ends here.

import { z } from 'zod';
import type { Context } from '#bots/adapter.ts';
import { sayGivenUp } from '#bots/words.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { ChatEvent, ChatInbox } from '#core/ports/inbox.ts';
import { stopped } from '../acts/stopped.ts';
import { messageKey, stopKey } from '../keys.ts';
import { refs } from '../refs.ts';
import { concerned } from '../said/concerned.ts';
import type { SaidDeps } from '../said/deps.ts';
import { handleMessage } from '../said/said.ts';
import type { TokensOf } from '../tokens-of.ts';
import type { About, Handled } from './bolt.ts';
import { messageEventSchema, stoppedSchema, type MessageEvent, type Stopped } from './shapes.ts';
import { waitOf, type WaitOf } from './wait.ts';

export interface Events {
  /** Resolves once it may be acknowledged; rejects where Slack is to tell it again. null: it is none of these. */
  take(body: Readonly<Record<string, unknown>>, about: About): Promise<Handled> | null;
  stop(): Promise<void>;
}

interface EventDeps extends SaidDeps {
  readonly inbox: Context<unknown>['inbox'];
  readonly tokens: TokensOf;
}

/** Events of these names need no Bolt. A mention in a channel is told twice, as a message and as a mention: both are the same message to us. */
export const heardHere = ['message', 'app_mention', 'agent_session_stopped'] as const;

/** Of the three seconds that Slack waits. */
const WITHDRAW_MS = 600;

const taken: Handled = { acknowledged: true, answer: undefined };

export function slackSaid(deps: EventDeps): Events {
  const { tokens, clock, log } = deps;
  const inbox = deps.inbox({ platform: 'slack', handle, gaveUp });
  return {
    take(body, about) {
      const { type, event } = body as { type?: unknown; event?: { type?: unknown } };
      if (type !== 'event_callback' || !heardHere.includes(event?.type as never)) return null;
      return take(event, about).then(() => taken);
    },
    stop: () => inbox.stop(),
  };

  async function take(given: unknown, { team, cameMs }: About): Promise<void> {
    const [here, { data: event, error }] = [await tokens.of(team), eventSchema.safeParse(given)];
    if (here !== null && event !== undefined) return takeIn(inbox, here, event, waitOf({ cameMs }));
    log.warn({ team, paths: error?.issues.slice(0, 5).map(({ path }) => path.join('.')) }, 'nothing that we know');
  }

  async function takeIn(to: ChatInbox, here: Installation, event: Heard, wait: WaitOf): Promise<void> {
    if (event.type === 'agent_session_stopped') return to.take(stopIn(here, event), wait);
    const what = await concerned(deps, here, event, to);
    if (what === null) return;
    if (what.kind === 'ours') return handleMessage(deps, here, event, wait);
    if (what.kind === 'removed') {
      // What waits to be heard never is; then there may still be what was made of it. Whoever hears it just now and takes longer finds
      // that it was removed.
      const [over, ended] = [new AbortController(), new AbortController()];
      void clock.sleep(WITHDRAW_MS, ended.signal).then(() => over.abort());
      await to.withdraw([messageKey(here.externalId, event.channel, what.ts)], over.signal).finally(() => ended.abort());
      return handleMessage(deps, here, event, wait);
    }
    const { key, place, author } = what;
    await to.take({ key, place, workspace: here.externalId, author, body: event }, wait);
  }

  async function handle({ workspace, body }: ChatEvent, wait: WaitOf): Promise<void> {
    const here = await tokens.of(workspace!);
    // Removed from there since.
    if (here === null) return;
    const event = eventSchema.parse(body);
    await (event.type === 'agent_session_stopped' ? stopped(deps, here, event, wait) : handleMessage(deps, here, event, wait));
  }

  /** Whoever edited something sees their request as it was, and whoever pressed Stop that it goes on. */
  function gaveUp({ key, body, workspace: team }: ChatEvent): void {
    const event = eventSchema.safeParse(body).data;
    if (event === undefined || event.type === 'agent_session_stopped' || event.user === undefined || event.ts === undefined) return;
    const to = { team: team!, channel: event.channel, thread: event.thread_ts ?? null, user: event.user };
    deps.forOne.tell(`${key} given up`, to, sayGivenUp);
  }
}

function stopIn({ externalId: team }: Installation, event: StopEvent): ChatEvent {
  const { channel, user, thread_ts: thread, event_ts: ts } = event;
  const place = refs.format({ team, channel, thread });
  return { key: stopKey(team, channel, ts), place, workspace: team, author: user, body: event };
}

type StopEvent = Stopped & { readonly type: 'agent_session_stopped' };
type Heard = MessageEvent | StopEvent;

const eventSchema = z.discriminatedUnion('type', [messageEventSchema, stoppedSchema.extend({ type: z.literal('agent_session_stopped') })]);
