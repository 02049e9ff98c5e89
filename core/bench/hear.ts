// Messages of chats, from the message as an adapter hands it over to its committed outcome: who speaks and pays, how it is read,
// and one row, one hold, one letter.

import type { SpeakerInput } from '#core/contracts/chats.ts';
import { newId, type TeamId } from '#core/domain/ids.ts';
import { systemClock } from '#core/engines/clock.ts';
import { createLog } from '#core/engines/log/log.ts';
import { hear } from '#core/flows/chats/hear.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { patienceFor, USUAL_ANSWER_WITHIN_MS } from '#core/flows/runtime/patience.ts';
import { keepRates } from '#core/flows/runtime/rates.ts';
import { takeAsk } from '#core/flows/tasks/intake.ts';
import type { Store } from '#core/store/database/store.ts';
import type { BenchTeam } from './world.ts';

const DEADLINE_MS = 3_600_000;
/** Nobody is to be slowed down here. */
const RATE_FACTOR = 100_000;
const TOGETHER = 16;
const TEXT = 'find me a lead in Miami';

/** What the verbs below need of a core. */
function coreOver(store: Store): Core {
  return {
    store,
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    rates: keepRates(store.drawRate, systemClock, RATE_FACTOR),
    learned: { of: () => undefined },
    settings: {
      publicUrl: 'http://localhost',
      hasPortal: false,
      brandName: 'Bench',
      readHere: new Set<string>(),
      mailboxKey: Buffer.from('bench'),
      taskDeadlineMs: DEADLINE_MS,
      answerWithinMs: USUAL_ANSWER_WITHIN_MS,
    },
  } as unknown as Core;
}

/** The same request from somebody who is logged in: as `hear`, without what is a chat's own. */
export async function askIn(store: Store, teams: readonly BenchTeam[]): Promise<(team: BenchTeam) => Promise<void>> {
  const core = coreOver(store);
  const ask = async ({ userId, teamId }: BenchTeam) => {
    const key = `bench:${newId()}`;
    const { kind } = await takeAsk(
      core,
      { key, threadRef: `web:${newId()}`, newConversation: true, from: { kind: 'user', userId, teamId }, text: TEXT, at: new Date() },
      patienceFor(core),
    );
    if (kind !== 'task') throw new Error(`a request became ${kind}`);
  };
  await drawRates(teams, ask);
  return ask;
}

/** Rates are drawn in blocks, and each team draws its first. */
async function drawRates(teams: readonly BenchTeam[], ask: (team: BenchTeam) => Promise<void>): Promise<void> {
  for (let i = 0; i < teams.length; i += TOGETHER) await Promise.all(teams.slice(i, i + TOGETHER).map(ask));
}

/** Links a workspace to each team, and gives what one person of it says there. */
export async function hearIn(store: Store, teams: readonly BenchTeam[]): Promise<(team: BenchTeam) => Promise<void>> {
  const speakers = new Map<TeamId, SpeakerInput>();
  for (const { teamId } of teams) {
    const workspace = `W${teamId}`;
    await store.money.query(
      { text: `INSERT INTO workspaces (id, platform, external_id, team_id, name) VALUES ($1, 'bench', $2, $3, 'Bench')` },
      [newId(), workspace, teamId],
    );
    const speaker = { platform: 'bench', workspace, space: workspace, externalId: 'U1', name: 'Bench', isGuest: false, isOutsider: false };
    await store.people.rememberAccount(speaker);
    speakers.set(teamId, speaker);
  }
  const core = coreOver(store);
  const say = async ({ teamId }: BenchTeam) => {
    const speaker = speakers.get(teamId)!;
    const id = newId();
    const { outcome } = await hear(core, speaker, {
      key: `bench:${id}`,
      threadRef: `bench:${speaker.workspace}:C1:${id}`,
      channel: `bench:${speaker.workspace}:C1`,
      text: TEXT,
      at: new Date(),
      how: 'mention',
    });
    if (outcome !== 'task') throw new Error(`a message became ${outcome}`);
  };
  await drawRates(teams, say);
  return say;
}
