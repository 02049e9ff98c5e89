// Whole intake (identity, conversation, task, hold, journal, letter, event, outbox) against the smallest possible UPDATE.

import { credits } from '#core/domain/credits/credits.ts';
import { newId, type ConversationId, type TaskId } from '#core/domain/ids.ts';
import type { ThreadRef } from '#core/domain/messages/thread-ref.ts';
import type { IntakeRow } from '#core/store/tasks/intake.ts';
import type { Store } from '#core/store/database/store.ts';
import { askIn, hearIn } from './hear.ts';
import { median, percentile, perSecond, type BenchRow } from './row.ts';
import { makeTeams, openMinimum, type BenchTeam } from './world.ts';

const ROUNDS = 5;
const ROUND_MS = 1_500;
const WALLETS = 1_000;
const CALLERS = 16;
const RATE_PER_SECOND = 100;
const RATE_SECONDS = 6;

export async function benchIntake(databaseUrl: string, store: Store): Promise<BenchRow[]> {
  const teams = await makeTeams(store, WALLETS);
  return [
    await throughput('intake, 1,000 wallets, 16 callers', databaseUrl, store, teams, 0.25),
    await throughput('intake, one hot wallet, 16 callers', databaseUrl, store, teams.slice(0, 1), 1.2),
    // The rows above begin with a request that was read, by somebody who was looked up; these two do both themselves.
    await throughput('ask (looks up, reads), 1,000 wallets', databaseUrl, store, teams, 0.15, await askIn(store, teams)),
    await throughput('hear (looks up, reads), 1,000 workspaces', databaseUrl, store, teams, 0.12, await hearIn(store, teams)),
    ...(await latency(store, teams)),
  ];
}

async function throughput(
  name: string,
  databaseUrl: string,
  store: Store,
  teams: readonly BenchTeam[],
  aim: number,
  ask: (team: BenchTeam) => Promise<unknown> = (team) => store.intake(rowFor(team), new Date()),
): Promise<BenchRow> {
  const minimum = await openMinimum(databaseUrl, teams.length, CALLERS);
  const rounds: { ours: number; limit: number }[] = [];
  // The first round warms up both.
  for (let i = 0; i <= ROUNDS; i++) {
    const limit = await perSecond(CALLERS, ROUND_MS, minimum.update);
    const ours = await perSecond(CALLERS, ROUND_MS, () => ask(teams[Math.floor(Math.random() * teams.length)]!));
    if (i > 0) rounds.push({ ours, limit });
  }
  await minimum.close();
  return {
    name,
    unit: 'asks/s',
    value: median(rounds.map(({ ours }) => ours)),
    limit: median(rounds.map(({ limit }) => limit)),
    ratio: median(rounds.map(({ ours, limit }) => ours / limit)),
    aim,
  };
}

/** At a fixed rate, whether or not earlier asks were answered: what a person waits for. */
async function latency(store: Store, teams: readonly BenchTeam[]): Promise<BenchRow[]> {
  const waits: number[] = [];
  const begun = performance.now();
  const all: Promise<void>[] = [];
  for (let i = 0; i < RATE_PER_SECOND * RATE_SECONDS; i++) {
    const due = begun + (i * 1000) / RATE_PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    all.push(store.intake(rowFor(teams[i % teams.length]!), new Date()).then(() => void waits.push(performance.now() - due)));
  }
  await Promise.all(all);
  return [50, 99].map((percent) => ({
    name: `intake at ${RATE_PER_SECOND} asks/s, p${percent}`,
    unit: 'ms',
    value: percentile(waits, percent),
    limit: null,
    ratio: null,
    aim: null,
  }));
}

export function rowFor({ teamId, walletId, userId }: BenchTeam): IntakeRow {
  const [conversationId, taskId] = [newId<ConversationId>(), newId<TaskId>()];
  const threadRef = `web:${conversationId}` as ThreadRef;
  return {
    key: `bench:${taskId}`,
    fingerprint: 'bench',
    letterId: newId(),
    conversationId,
    threadRef,
    address: threadRef,
    platform: 'web',
    channel: null,
    teamId,
    walletId,
    userId,
    identityId: null,
    readHere: true,
    task: {
      id: taskId,
      holdId: newId(),
      type: 'lead-generation',
      because: 'read as lead-generation because of “leads”',
      requestText: 'find me a lead in Miami',
      quantity: 1,
      rateVersion: 1,
      estimateLow: credits(1),
      estimateHigh: credits(1),
      retryOf: null,
      deadlineAt: new Date(Date.now() + 3_600_000),
      approveBy: null,
      fileIds: [],
    },
    saying: {
      kind: 'accepted',
      taskId,
      type: 'lead-generation',
      because: 'read as lead-generation because of “leads”',
      estimateLow: '1000000',
      estimateHigh: '1000000',
    },
  };
}
