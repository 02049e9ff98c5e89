// The parts of Discord, put together.

import type { Context, Started } from '#bots/adapter.ts';
import { interactionCreate } from './acts/by-gateway.ts';
import { deployCommands } from './acts/deploy.ts';
import { discordActs } from './acts/interaction.ts';
import { discordCalls } from './api/call.ts';
import { guildMemory } from './gateway/guild-memory.ts';
import { holdGateway } from './gateway/holder.ts';
import { discordHealth } from './health.ts';
import { discordEvents } from './http/events.ts';
import { discordInteractions } from './http/interactions.ts';
import { listening } from './listening.ts';
import { askMe, TokenRefused } from './me.ts';
import { answerTokens } from './out/answer-tokens.ts';
import type { OutDeps } from './out/deps.ts';
import { discordFetcher } from './out/fetcher.ts';
import { discordPoster } from './out/poster.ts';
import { discordShower } from './out/shower.ts';
import { keepTitles } from './out/titles.ts';
import type { DiscordSettings } from './settings.ts';

/** Rejects where Discord does not accept the token. Where it is away, that is found out later, and health says so. */
export async function startDiscord(context: Context<DiscordSettings>): Promise<Started> {
  const { app, settings, budgets, replyHandles: handles, brandName, clock, log } = context;
  const pulse = discordHealth();
  const call = discordCalls(settings, { budgets, clock, pulse });
  const me = askMe(call);
  await me().catch((error: unknown) => {
    if (error instanceof TokenRefused) throw error;
    log.warn({ error }, 'Discord does not answer; it is tried again');
  });
  const guilds = guildMemory({ call, clock, log });
  const titles = keepTitles();
  const ears = listening(context, { call, guilds, me, titles });
  const acts = discordActs({ app, brandName, settings, call, guilds, handles, forOne: ears.forOne, again: ears.again, clock, log });
  const gateway = holdGateway(context, {
    call,
    guilds,
    pulse,
    concerns: ears.concerns,
    settled: ears.settled,
    dispatch: { ...ears.dispatch, INTERACTION_CREATE: interactionCreate(acts, call) },
  });
  const commands = deployCommands(context, call);
  const { publicKey } = settings;
  const signed = publicKey === null ? null : { publicKey, clock, log };
  const out: OutDeps = { call, settings, budgets, tokens: answerTokens(handles), app, clock, me, attachMost: guilds.attachMost, titles };
  return {
    poster: discordPoster(out),
    shower: discordShower(out),
    fetcher: discordFetcher(out),
    mounts: signed === null ? [] : [discordInteractions(acts, signed), discordEvents(signed)],
    health: pulse.health,
    gauges: pulse.gauges,
    async stop() {
      await Promise.all([gateway.stop(), commands.stop()]);
      await Promise.all([ears.stop(), acts.ended()]);
    },
  };
}
