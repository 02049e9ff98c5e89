// One connection after another, for as long as this process may hold it. The session is resumed as long as Discord has it, so that
// nothing is missed; where Discord has it no more, another one is begun.

import { GatewayOpcodes as Op } from 'discord-api-types/v10';
import type { Context } from '#bots/adapter.ts';
import type { DiscordSettings } from '../settings.ts';
import { converse, type ConversationEnd, type Opening } from './conversation.ts';
import type { GatewayParts } from './dispatch.ts';
import type { Hearing } from './hearing.ts';
import { wayIn } from './identify.ts';
import { intentsFor } from './intents.ts';
import type { Socket } from './socket.ts';

export interface ConnectionNeeds extends Pick<GatewayParts, 'call' | 'pulse'> {
  readonly context: Pick<Context<DiscordSettings>, 'budgets' | 'clock' | 'log' | 'settings'>;
  readonly shard: number;
  readonly hearing: Hearing;
  readonly lost: AbortSignal;
  readonly stopping: AbortSignal;
  opened(socket: Socket): void;
}

const AGAIN_MS = 1_000;
const AGAIN_MOST_MS = 60_000;
/** One that ended sooner was none, or there would be one after another. */
const LIVED_MS = 10_000;
const TOO_LARGE_MOST = 2;
/** A session whose address takes nobody any more would be tried for ever. Another one begins at an address that is asked for, and catches up. */
const RESUMES_MOST = 6;

/** Resolves when it is over: null where it was ended here, else with what an operator has to do. Never rejects. */
export async function keepConnected(needs: ConnectionNeeds): Promise<string | null> {
  const { context, shard, hearing, pulse, lost, stopping } = needs;
  const { clock, log, settings, budgets } = context;
  const leaving = AbortSignal.any([lost, stopping]);
  let [failures, tooLarge] = [0, 0];
  for (;;) {
    const beganMs = clock.now().getTime();
    const end = await oneConnection();
    if (leaving.aborted) return null;
    const refused = typeof end === 'string' ? end : (end?.refused ?? null);
    if (refused !== null) {
      log.error({ shard, refused }, 'Discord refuses the connection; it is not tried again');
      pulse.state(shard, 'refused', refused);
      return refused;
    }
    await clock.sleep(pauseAfter(end as ConversationEnd | null, clock.now().getTime() - beganMs), leaving);
  }

  /** A sentence where trying again is no use; null where there was no connection. */
  async function oneConnection(): Promise<ConversationEnd | string | null> {
    try {
      const opening = await openingOf();
      if (opening === null || typeof opening === 'string') return opening;
      const end = await converse(opening, {
        log,
        lost,
        stopping,
        opened: needs.opened,
        event: hearing.event,
        seq: hearing.committed,
        beat: (sentMs, answeredMs) => pulse.beat(shard, sentMs, answeredMs),
        ready() {
          log.info({ shard }, 'connected to Discord');
          pulse.state(shard, 'up');
          hearing.ready();
        },
      });
      const { code, why, wasReady, endsSession } = end;
      log.info({ shard, code, why, wasReady, endsSession }, 'connection to Discord ended');
      const isSilent = why === 'silent';
      pulse.state(shard, 'down', isSilent ? 'The gateway stopped answering. Reconnecting.' : 'The gateway connection ended. Reconnecting.');
      return end;
    } catch (error) {
      if (leaving.aborted) return null;
      log.warn({ shard, error }, 'no connection to Discord; it is tried again');
      pulse.state(shard, 'down', 'Discord does not answer. Trying again.');
      return null;
    } finally {
      hearing.gone();
    }
  }

  async function openingOf(): Promise<Opening | string | null> {
    const [{ token, shards = 1 }, session] = [settings, hearing.session()];
    if (session !== null)
      return {
        address: session.url,
        op: Op.Resume,
        d: { token, session_id: session.id, seq: session.seq },
      };
    const waiting = (why: string) => pulse.state(shard, 'down', why);
    const way = await wayIn(shard, { call: needs.call, budgets, clock, log, waiting }, leaving);
    if (way === null) return null;
    if ('refused' in way) return way.refused;
    const properties = { os: process.platform, browser: 'impacter', device: 'impacter' };
    const d = {
      token,
      properties,
      intents: intentsFor(settings),
      shard: [shard, shards],
      large_threshold: 50,
    };
    return { address: way.address, op: Op.Identify, d };
  }

  function pauseAfter(end: ConversationEnd | null, livedMs: number): number {
    tooLarge = end?.tooLarge === true ? tooLarge + 1 : 0;
    // Resumed, it would be told the same again.
    if (end?.endsSession === true || tooLarge >= TOO_LARGE_MOST) hearing.dropSession();
    const wasReady = end?.wasReady === true;
    failures = wasReady && livedMs >= LIVED_MS ? 0 : failures + 1;
    if (failures >= RESUMES_MOST && !wasReady) hearing.dropSession();
    // Discord moves each connection to another machine now and then.
    const isUsual = failures === 0 || (wasReady && failures === 1);
    const pauseMs = isUsual ? 0 : Math.min(AGAIN_MS * 2 ** (failures - 1), AGAIN_MOST_MS) * (0.5 + Math.random() / 2);
    return Math.max(pauseMs, end?.waitMs ?? 0);
  }
}
