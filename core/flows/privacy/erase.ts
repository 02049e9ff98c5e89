// What was asked for is done here, when its time has come: teams, accounts and chat accounts go, with everything we know
// of them. Each step may be repeated. Whatever holds one up (storage that is away, a task under way) holds up that one
// alone, until the next round.

import { isId, type IdentityId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { micro } from '#core/domain/credits/credits.ts';
import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { FilesError } from '#core/ports/files.ts';
import { cancel, endUnstarted } from '../tasks/control.ts';
import type { Core } from '../runtime/core.ts';
import { removeExport } from './export-team.ts';

const AT_ONCE = 20;

/** For upkeep. */
export async function eraseDue(core: Core): Promise<void> {
  const { teams, users, identities } = await core.store.erase.due(core.clock.now(), AT_ONCE);
  for (const id of identities) await whatever(core, { identityId: id }, () => core.store.erase.identity(id, core.clock.now()));
  for (const id of teams) await whatever(core, { teamId: id }, () => eraseTeam(core, id));
  for (const id of users) await whatever(core, { userId: id }, () => eraseUser(core, id));
}

async function whatever(core: Core, about: object, work: () => Promise<boolean>): Promise<void> {
  try {
    core.log.warn({ ...about, done: await work() }, 'erased');
  } catch (error) {
    if (error instanceof FilesError) core.log.warn({ ...about, error }, 'not erased yet');
    else core.log.error({ ...about, error }, 'not erased');
  }
}

const TASKS_AT_ONCE = 50;
const STORAGE_AT_ONCE = 8;
const EXPORTS_MOST = 1_000;

/** False when something of it is still under way: the next round goes on. */
export async function eraseTeam(core: Core, teamId: TeamId): Promise<boolean> {
  const { erase, exports, ledger } = core.store;
  if (!(await stopTasks(core, teamId))) return false;
  for (const made of await exports.toRemove(core.clock.now(), teamId, EXPORTS_MOST)) if (!(await removeExport(core, made))) return false;

  await erase.asks(teamId);
  for (const key of await erase.waitingInputs(teamId)) await core.files.remove(key);
  for (;;) {
    const ids = await erase.someTasks(teamId, TASKS_AT_ONCE);
    if (ids.length === 0) break;
    const inputs = await erase.inputsOf(ids);
    await inTurns([...inputs.map((key) => () => core.files.remove(key)), ...ids.map((id) => () => core.files.removeAll(`tasks/${id}/`))]);
    await erase.tasks(teamId, ids);
  }
  while ((await erase.conversations(teamId, TASKS_AT_ONCE)) > 0);

  // What was left of its credits is nobody's any more, and the journal says so.
  const at = core.clock.now();
  const { walletId, free } = await erase.walletOf(teamId);
  if (free > 0n)
    await ledger.clawback(
      { key: `erased:${teamId}:${free}`, wallet: walletId, credits: micro(free), actor: 'system', note: 'team deleted' },
      at,
    );
  await erase.teamAudit(teamId, at);
  await erase.team(teamId, at);
  return true;
}

/** Nothing new begins in a team that goes, so what is found here is the rest. */
async function stopTasks(core: Core, teamId: TeamId): Promise<boolean> {
  const live = await core.store.erase.liveTasks(teamId, TASKS_AT_ONCE);
  for (const id of live) {
    try {
      await cancel(core, { userId: null, teamId, role: 'owner' }, id);
    } catch (error) {
      if (!isRefusal(error)) throw error; // it is over meanwhile
    }
  }
  return live.length === 0 || (await core.store.erase.liveTasks(teamId, 1)).length === 0;
}

async function inTurns(works: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...works];
  await Promise.all(
    Array.from({ length: STORAGE_AT_ONCE }, async () => {
      for (let work = left.pop(); work !== undefined; work = left.pop()) await work();
    }),
  );
}

/** Their own team goes first, then whatever shared team nobody else is in. */
async function eraseUser(core: Core, userId: UserId): Promise<boolean> {
  const { erase } = core.store;
  const person = await erase.person(userId);
  if (person === null) return true;
  const alone = await erase.handOver(userId, core.clock.now());
  for (const teamId of [...(person.personalTeam === null ? [] : [person.personalTeam]), ...alone])
    if (!(await eraseTeam(core, teamId))) return false;
  await erase.personAudit({ userId, email: person.email }, core.clock.now());
  await erase.user({ userId, email: person.email }, core.clock.now());
  return true;
}

// --- People without an account.

interface ErasureLink {
  readonly url: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** What stands on the page before somebody confirms. */
interface ErasureView {
  readonly platform: Platform;
  readonly displayName: string | null;
  /** Requests of theirs that we know of. */
  readonly tasks: number;
  /** The chat account is linked to an account here, which stays. */
  readonly hasAccount: boolean;
}

const LINK_MS = 30 * 60_000;

/**
 * For a bot: an address where the person behind this chat account can have it erased. Who gets it in their own chat has shown
 * who they are, so it is for nobody else's eyes. It works once, within half an hour; the one before stops working. null when
 * we know nothing of them.
 */
export async function makeErasureLink(
  core: Core,
  account: { platform: Platform; workspace: string | null; externalId: string },
): Promise<ErasureLink | null> {
  const expiresAt = new Date(core.clock.now().getTime() + LINK_MS);
  const token = await core.store.erase.newLink(account, expiresAt);
  return token === null ? null : { url: `${core.settings.publicUrl}/privacy/erase/${token}`, expiresAt: expiresAt.toISOString() };
}

/** What would go. Rejects with `erasure-link.used`. */
export async function lookAtErasure(core: Core, token: string): Promise<ErasureView> {
  const known = await core.store.erase.lookAt(token, core.clock.now());
  if (known === null) throw refuse('erasure-link.used');
  const { platform, displayName, tasks, hasAccount } = known;
  return { platform, displayName, tasks, hasAccount };
}

/** `done: false`: a request of theirs is under way, and the rest goes when it is over, within the hour. */
export async function confirmErasure(core: Core, token: string): Promise<{ done: boolean }> {
  const at = core.clock.now();
  const identityId: IdentityId | null = await core.store.erase.useLink(token, at);
  if (identityId === null || !isId(identityId)) throw refuse('erasure-link.used');
  // What waits for their approval holds nothing, and would keep them with us until it expires.
  for (const task of await core.store.approvals.unapprovedOf(identityId)) await endUnstarted(core, task);
  const done = await core.store.erase.identity(identityId, at);
  core.log.warn({ identityId, done }, 'chat account erased at the wish of its person');
  return { done };
}
