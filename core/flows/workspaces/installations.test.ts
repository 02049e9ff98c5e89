import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { Actor } from '#core/domain/actor.ts';
import type { NewInstallation, Tokens } from '#core/domain/workspaces/installation.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand, passTimeUntil } from '#core/testing/runner/clock-by-hand.ts';
import { searchEverywhere } from '#core/testing/search-everywhere.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';
import type { Log } from '#core/ports/log.ts';
import type { App } from '../app.ts';

const HOUR_MS = 3_600_000;
const clock = clockByHand();
const written: string[] = [];
const log = linesOf(written);
// Who asks to wait does so until their agent is stopped.
const agents = agentsThat(async ({ message }, _watch, signal) => {
  if (!message.includes('slowly')) return done('Here.', [csvOf('leads.csv', 3)]);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  stopped.push(message);
  return { kind: 'stopped', by: 'signal', text: '', files: [], sample: false, usage: noUsage };
});
const stopped: string[] = [];
const noUsage = { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costMicroUsd: 0 };
const stage = forAll(() => openStage({ clock, agents, log, wired: true }));
const world = () => ({ ...stage(), ...teamStage(stage()) });

function slack(more: Partial<NewInstallation> = {}): NewInstallation {
  return {
    platform: 'slack',
    externalId: `T${newId()}`,
    enterpriseId: null,
    name: 'Acme HQ',
    botUserId: 'UBOT',
    scopes: ['chat:write'],
    tokens: freshTokens(),
    installedBy: 'UADA',
    ...more,
  };
}

function freshTokens(): Tokens {
  return { bot: `xoxb-${newId()}`, refresh: `xoxe-${newId()}`, expiresAt: new Date(clock.now().getTime() + 12 * HOUR_MS) };
}

async function link(app: App, actor: Actor, { externalId }: NewInstallation) {
  const { url } = await app.workspaces.makeWorkspaceLink({ platform: 'slack', externalId, name: 'Acme HQ', askedBy: 'bo' });
  await app.workspaces.confirmLink(actor, url.split('/').at(-1)!, { userId: actor.userId, teamId: actor.teamId });
}

test('the app is installed in a workspace without a team, which is linked and unlinked while the app stays', async () => {
  const { app, core, owner } = world();
  const given = slack();
  expect(await app.workspaces.installation('slack', given.externalId)).toBeNull();
  expect(await app.workspaces.installed(given)).toBe(1);
  // Not from memory.
  const installation = () => core.store.installations.find('slack', given.externalId);
  expect(await app.workspaces.installation('slack', given.externalId)).toEqual({ ...given, version: 1 });
  const ada = await owner('Acme');
  await link(app, ada, given);
  const [workspace] = await app.workspaces.linkedWorkspaces(ada);
  expect(workspace).toMatchObject({ name: 'Acme HQ', installed: true });
  await app.workspaces.unlinkWorkspace(ada, workspace!.id);
  expect(await app.workspaces.linkedWorkspaces(ada)).toEqual([]);
  expect(await installation()).toEqual({ ...given, version: 1 });
});

test('an installation that is told twice is one; other tokens take the place of the first, and a team that pays there goes on', async () => {
  const { app, owner } = world();
  const given = slack();
  expect([await app.workspaces.installed(given), await app.workspaces.installed(given)]).toEqual([1, 1]);
  const ada = await owner('Acme');
  await link(app, ada, given);
  const again = { ...given, tokens: freshTokens(), scopes: ['chat:write', 'files:read'] };
  expect(await app.workspaces.installed(again)).toBe(2);
  expect(await app.workspaces.installation('slack', given.externalId)).toMatchObject({ tokens: again.tokens, scopes: again.scopes });
  expect(await app.workspaces.linkedWorkspaces(ada)).toMatchObject([{ installed: true }]);
});

test('tokens that two processes want refreshed at the same time are refreshed once, and both get the new ones', async () => {
  const { app, another } = world();
  const other = (await another({ ROLES: 'web' })).app;
  const given = slack();
  const version = await app.workspaces.installed(given);
  expect((await other.workspaces.installation('slack', given.externalId))!.version).toBe(1);
  const next = freshTokens();
  const asked: Tokens[] = [];
  const go = Promise.withResolvers<void>();
  const refresh = async (tokens: Tokens) => {
    asked.push(tokens);
    await go.promise;
    return next;
  };
  const of = { platform: 'slack', externalId: given.externalId, version };
  const both = [app.workspaces.rotate(of, refresh), app.workspaces.rotate(of, refresh), other.workspaces.rotate(of, refresh)];
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  // The other process waits for the row.
  await vi.waitFor(async () => expect(await waitsForLocks()).toBe(1));
  go.resolve();
  expect((await Promise.all(both)).map((each) => [each!.version, each!.tokens])).toEqual(Array(3).fill([2, next]));
  expect(asked).toEqual([given.tokens]);
  // Who only reads, and has the earlier ones in memory, hears of a change too.
  expect(await other.workspaces.installation('slack', given.externalId)).toMatchObject({ tokens: next });
  const third = freshTokens();
  await app.workspaces.rotate({ ...of, version: 2 }, async () => third);
  await vi.waitFor(async () => expect(await other.workspaces.installation('slack', given.externalId)).toMatchObject({ tokens: third }));
  expect(await app.workspaces.expiringInstallations('slack', new Date(clock.now().getTime() + 13 * HOUR_MS))).toContainEqual({
    ...of,
    version: 3,
  });
});

test('a platform that refuses to refresh, or does not answer, leaves everything as it was', async () => {
  const { app } = world();
  const given = slack();
  const of = { platform: 'slack', externalId: given.externalId, version: await app.workspaces.installed(given) };
  await expect(app.workspaces.rotate(of, () => Promise.reject(new Error('invalid_refresh_token')))).rejects.toThrow(
    'invalid_refresh_token',
  );
  const called = Promise.withResolvers<AbortSignal>();
  const late = app.workspaces.rotate(of, async (_tokens, signal) => {
    called.resolve(signal);
    return new Promise(() => {});
  });
  const signal = await called.promise;
  clock.forward(10_000);
  await expect(late).rejects.toThrow('within 10000 ms');
  expect(signal.aborted).toBe(true);
  expect(await app.workspaces.installation('slack', given.externalId)).toMatchObject({ tokens: given.tokens, version: 1 });
  const next = freshTokens();
  expect(await app.workspaces.rotate(of, async () => next)).toMatchObject({ version: 2, tokens: next });
});

test('tokens that were refreshed just when the database went away are kept once it is back', async () => {
  const { app, wire } = world();
  const given = slack();
  const of = { platform: 'slack', externalId: given.externalId, version: await app.workspaces.installed(given) };
  const next = freshTokens();
  let refreshed = 0;
  const rotated = app.workspaces.rotate(of, async () => {
    refreshed++;
    wire.cut();
    return next;
  });
  await vi.waitFor(() => expect(refreshed).toBe(1));
  wire.mend();
  expect(await passTimeUntil(rotated, clock)).toMatchObject({ tokens: next, version: 2 });
  expect(await app.workspaces.installation('slack', given.externalId)).toMatchObject({ tokens: next, version: 2 });
  expect(refreshed).toBe(1);
});

test('tokens are in no log, no export and nowhere in the database as they are', async () => {
  const { app, core, owner } = world();
  const given = slack();
  await app.workspaces.installed(given);
  const ada = await owner('Acme');
  await link(app, ada, given);
  const next = freshTokens();
  await app.workspaces.rotate({ platform: 'slack', externalId: given.externalId, version: 1 }, async () => next);
  const exported: string[] = [];
  for (const { file, pages } of core.store.exports.tables)
    for await (const page of pages(ada.teamId)) exported.push(`${file} ${JSON.stringify(page)}`);
  expect(exported.join('\n')).toContain(`installations.jsonl [{"name":"Acme HQ"`);
  await app.workspaces.uninstalled({ platform: 'slack', externalId: given.externalId });
  const tokens = [given.tokens, next].flatMap(({ bot, refresh }) => [bot, refresh!]);
  for (const token of tokens) expect([exported, written].flat().filter((line) => line.includes(token))).toEqual([]);
  expect(written.join('\n')).toContain(given.externalId);
  expect(await searchEverywhere(core.store.money, tokens)).toEqual([]);
});

test('when the app is removed, whoever waits there gets an answer and nothing is charged, and installed again the team goes on', async () => {
  const { app, core, owner, mails } = world();
  const given = slack();
  const elsewhere = slack();
  const ada = await owner('Acme');
  for (const each of [given, elsewhere]) {
    await app.workspaces.installed(each);
    await link(app, ada, each);
  }
  await credits(core, ada, 100);
  const [running, waiting] = [
    await asked(app, given, '1', 'find me 3 leads slowly'),
    await asked(app, given, '1', 'find me 5 leads slowly'),
  ];
  const other = await asked(app, elsewhere, '1', 'find me 7 leads slowly');
  await vi.waitFor(async () => expect(await app.tasks.get(ada, running)).toMatchObject({ status: 'processing' }));
  await app.workspaces.uninstalled({ platform: 'slack', externalId: given.externalId });
  for (const taskId of [running, waiting])
    expect(await app.tasks.get(ada, taskId)).toMatchObject({
      status: 'failed',
      failure: { code: 'workspace.uninstalled' },
      creditsUsed: 0,
    });
  await vi.waitFor(() => expect(stopped.some((message) => message.includes('3 leads'))).toBe(true));
  expect((await app.tasks.get(ada, other)).over).toBe(false);
  await app.tasks.cancel(ada, other);

  expect(await app.workspaces.installation('slack', given.externalId)).toBeNull();
  const linked = async () => (await app.workspaces.linkedWorkspaces(ada)).map(({ installed }) => installed);
  expect(await linked()).toEqual([false, true]);
  expect((await app.team.audit(ada, { limit: 1 }))[0]).toMatchObject({
    words: 'reported that the app was removed from “Acme HQ” on Slack',
  });
  expect(await asked(app, given, '2', 'find me 3 leads')).toBe('team.missing');
  await app.workspaces.uninstalled({ platform: 'slack', externalId: given.externalId });
  expect((await app.team.audit(ada, { limit: 10, act: 'workspace.uninstalled' })).length).toBe(1);
  // Its owners are told of each removal once.
  const told = async () => (await mails(ada.email, 0)).filter(({ kind }) => kind === 'app-removed');
  await vi.waitFor(async () => expect(await told()).toHaveLength(1));
  expect((await told())[0]!.text).toMatch(/workspace “Acme HQ” on Slack[^]*\/team\/workspaces$/m);

  expect(await app.workspaces.installed({ ...given, tokens: freshTokens() })).toBe(3);
  expect(await linked()).toEqual([true, true]);
  expect((await app.team.audit(ada, { limit: 1 }))[0]).toMatchObject({ words: expect.stringContaining('installed again') });
});

test('news of a removal that is older than the present installation changes nothing', async () => {
  const { app } = world();
  const given = slack();
  await app.workspaces.installed(given);
  clock.forward(HOUR_MS);
  const happenedAt = clock.now();
  clock.forward(60_000);
  const again = { ...given, tokens: freshTokens() };
  await app.workspaces.installed(again);
  await app.workspaces.uninstalled({ platform: 'slack', externalId: given.externalId, happenedAt });
  expect(await app.workspaces.installation('slack', given.externalId)).toMatchObject({ tokens: again.tokens });
});

test('an adapter can ask in which of its workspaces the app is, however many there are', async () => {
  const { app, core } = world();
  const [here, gone] = [slack({ platform: 'discord', name: 'Harbor' }), slack({ platform: 'discord' })];
  await app.workspaces.installed(here);
  await app.workspaces.installed(gone);
  await app.workspaces.installed(slack());
  await app.workspaces.uninstalled({ platform: 'discord', externalId: gone.externalId });
  expect(await app.workspaces.installedOn('discord')).toEqual([{ externalId: here.externalId, name: 'Harbor' }]);
  const text = `INSERT INTO installations (id, platform, external_id, name, installed_at)
                SELECT gen_random_uuid(), 'discord', 'many' || n, 'Many', now() FROM generate_series(1, 2000) n`;
  await core.store.money.query({ text }, []);
  expect(new Set((await app.workspaces.installedOn('discord')).map(({ externalId }) => externalId)).size).toBe(2001);
});

test('an installation that cannot be kept is refused with what is wrong, so that its adapter can revoke the tokens', async () => {
  const { app } = world();
  const wrong = (name: string) => ({ code: 'request.invalid', facts: { fields: [{ name }] } });
  for (const [name, more] of [
    ['tokens', { tokens: { ...freshTokens(), bot: '' } }],
    ['tokens', { tokens: { ...freshTokens(), bot: 'x'.repeat(4_097) } }],
    ['externalId', { externalId: 'T1:C1' }],
    ['externalId', { externalId: '' }],
    ['scopes', { scopes: Array<string>(201).fill('chat:write') }],
    ['platform', { platform: 'Sl ack' }],
  ] as const)
    await expect(app.workspaces.installed(slack(more))).rejects.toMatchObject(wrong(name));
});

/** The task, or why there is none. */
async function asked(app: App, { externalId }: NewInstallation, thread: string, text: string): Promise<string> {
  const taken = await askInChat(
    { app, core: world().core },
    {
      key: `slack:${newId()}`,
      threadRef: `slack:${externalId}:C1:${thread}`,
      workspace: externalId,
      channel: `slack:${externalId}:C1`,
      from: { externalId: 'UANN', displayName: 'Ann' },
      text,
      at: clock.now(),
    },
  );
  return taken.kind === 'refused' ? taken.refused.code : taken.taskId;
}

async function credits({ store }: ReturnType<typeof world>['core'], { teamId }: Actor, amount: number) {
  const { walletId } = await store.erase.walletOf(teamId);
  await store.ledger.credit(
    { key: newId(), wallet: walletId, lot: newId(), type: 'grant', credits: (BigInt(amount) * 1_000_000n) as never, source: 'test' },
    clock.now(),
  );
}

async function waitsForLocks(): Promise<number> {
  const { rows } = await stage().core.store.money.query<{ n: number }>(
    {
      text: `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM installations%FOR UPDATE%'`,
    },
    [],
  );
  return rows[0]!.n;
}

/** A log that keeps everything that is said, as it would be written. */
function linesOf(lines: string[]): Log {
  const write = (facts: object, words: string) => void lines.push(`${words} ${inspect(facts, { depth: 8 })}`);
  const made: Log = { debug: write, info: write, warn: write, error: write, child: () => made };
  return made;
}
