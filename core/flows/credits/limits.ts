// Who may spend what. The ledger keeps limits at every hold; here they are looked at and set.

import type { Actor } from '#core/domain/actor.ts';
import { amountOf, micro, most, MOST_CREDITS, NO_CREDITS } from '#core/domain/credits/credits.ts';
import { limitKinds, limitPeriods, type LimitSubject, type LimitView } from '#core/domain/credits/limit.ts';
import { isId, newId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { LimitId, StoredLimit } from '#core/store/credits/limits.ts';
import type { Core } from '../runtime/core.ts';
import { inZone } from './in-zone.ts';
import type { LimitWanted } from './views.ts';

export async function limits(core: Core, actor: Actor): Promise<LimitView[]> {
  mustBeAllowed(actor, 'credits.see');
  return (await core.store.credits.limits.list(actor.teamId, core.clock.now())).map(viewLimit);
}

const SUBJECTS_MOST = 200;

/** Workspaces, people and channels to choose from. */
export async function limitSubjects(core: Core, actor: Actor): Promise<LimitSubject[]> {
  mustBeAllowed(actor, 'credits.see');
  return core.store.credits.limits.subjects(actor.teamId, SUBJECTS_MOST);
}

/** Sets a limit, or another amount for the one there is; that one keeps its time zone. Use counts from then on. */
export async function setLimit(core: Core, actor: Actor, wanted: LimitWanted): Promise<LimitView> {
  mustBeAllowed(actor, 'credits.limit');
  const limit = await read(core, actor, wanted);
  const at = core.clock.now();
  const id = await inZone(wanted.timeZone, () =>
    core.store.credits.limits.set(actor.teamId, { ...limit, id: newId<LimitId>(at.getTime()) }, `user:${actor.userId}`, at),
  );
  core.log.info({ teamId: actor.teamId, userId: actor.userId, limitId: id }, 'limit set');
  return viewLimit((await core.store.credits.limits.list(actor.teamId, at)).find((each) => each.id === id)!);
}

/** Rejects with `limit.not-found` for somebody else's. */
export async function removeLimit(core: Core, actor: Actor, limitId: string): Promise<void> {
  mustBeAllowed(actor, 'credits.limit');
  const removed =
    isId(limitId) && (await core.store.credits.limits.remove(actor.teamId, limitId, `user:${actor.userId}`, core.clock.now()));
  if (!removed) throw refuse('limit.not-found');
  core.log.info({ teamId: actor.teamId, userId: actor.userId, limitId }, 'limit removed');
}

/** As the platform names it; we may not have heard from there yet. */
const CHANNEL_CHARACTERS = 200;

async function read(core: Core, actor: Actor, { kind, subject, credits, period, timeZone }: LimitWanted) {
  const wrong = (name: string, problem: string) => refuse('request.invalid', { fields: [{ name, problem }] });
  if (!limitKinds.includes(kind)) throw wrong('kind', `must be one of ${limitKinds.join(', ')}`);
  if (!limitPeriods.includes(period)) throw wrong('period', `must be one of ${limitPeriods.join(', ')}`);
  if (!/^\d{1,16}$/.test(credits) || micro(credits) > MOST_CREDITS)
    throw wrong('credits', 'must be an amount of credits, such as 100 or 2.5');
  const limit = { kind, period, timeZone, credits: micro(credits) };
  if (kind === 'team') return { ...limit, subject: '' };
  if (kind === 'channel') {
    const channel = subject.trim();
    if (channel === '' || channel.length > CHANNEL_CHARACTERS) throw wrong('subject', 'must be a channel as its platform names it');
    return { ...limit, subject: channel };
  }
  if (kind === 'workspace' || kind === 'workspace-person') {
    if (!(await core.store.credits.limits.hasWorkspace(actor.teamId, subject))) throw wrong('subject', 'must be a workspace of your team');
    return { ...limit, subject };
  }
  const person = isId(subject) ? await core.store.credits.limits.person(actor.teamId, subject) : null;
  if (person === null) throw wrong('subject', 'must be somebody of your team');
  return { ...limit, subject: person };
}

function viewLimit(stored: StoredLimit): LimitView {
  const { id, kind, subject, name, platform, credits, period, timeZone, resetsAt, countsSince, used, held } = stored;
  return {
    id,
    kind,
    subject,
    name,
    platform,
    credits: amountOf(credits),
    period,
    timeZone,
    resetsAt: resetsAt?.toISOString() ?? null,
    countsSince: countsSince.toISOString(),
    used: amountOf(used),
    held: amountOf(held),
    left: amountOf(most(micro(credits - used - held), NO_CREDITS)),
  };
}
