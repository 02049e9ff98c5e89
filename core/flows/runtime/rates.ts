// Keeps the rates of core/domain/asks/verb-rates.ts. What this process took of them together with the others it counts down by
// itself; so does it remember for how long nothing is left, and a flood of requests costs no statement.

import type { Actor } from '#core/domain/actor.ts';
import {
  chatRates,
  freeRates,
  toldRate,
  verbRates,
  type ChatVerb,
  type FreeThing,
  type Rate,
  type RatedVerb,
  type VerbRate,
} from '#core/domain/asks/verb-rates.ts';
import type { TeamId } from '#core/domain/ids.ts';
import { refuse, type Refused } from '#core/domain/refusals/refusal.ts';
import { may } from '#core/domain/team/permission.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { DrawRate } from '#core/store/database/rates.ts';
import { eachVerb, type Nouns } from './each-verb.ts';

export interface Rates {
  /** Takes one of this; 0 when it may be done now, else how many seconds to wait. */
  take(verb: RatedVerb, who: Who): Promise<number>;
  /** The same for what is done in a chat, of an account and its workspace. */
  takeInChat(verb: ChatVerb, who: { readonly person: string; readonly workspace: string }): Promise<number>;
  /** Has what `takeInChat` needs of the database at hand, so that taking it costs no further round trip. Takes nothing. */
  readyInChat(verb: ChatVerb, who: { readonly person: string; readonly workspace: string }): Promise<void>;
  /** Whether this account may be told now that it does something too often. */
  mayTell(person: string): Promise<boolean>;
  /** Notes something that was free of charge. */
  note(thing: FreeThing, who: Who): Promise<void>;
  /** Why new requests have to wait after too much of what is free; null when they need not. Asks no one but this process. */
  waiting(who: Who): TooMuch | null;
}

/** A person is whoever acts, by whatever means: a user, or an account of a chat that is linked to none. */
export interface Who {
  readonly person: string;
  readonly teamId: TeamId;
}

export type TooMuch = Extract<Refused, { code: 'request.too-many' | 'cancels.too-many' }>;

/** A block is this part of what is allowed: several processes leave at the most so much of it unused. */
const BLOCKS = 20;
const REMEMBERED_MOST = 20_000;

export function keepRates(draw: DrawRate, clock: Clock, factor: number): Rates {
  const buckets = new Map<string, Bucket>();
  /** Until when something that is free may be used up for somebody: most of the time it is for nobody, and nobody is looked for. */
  let freeIsUsedUpUntilMs = 0;
  const nowMs = () => clock.now().getTime();

  const find = (name: string): Bucket | undefined => {
    const bucket = buckets.get(name);
    return bucket === undefined || bucket.endsMs > nowMs() ? bucket : undefined;
  };

  async function takeOne({ name, rate }: Named): Promise<number> {
    for (;;) {
      const bucket = await ready({ name, rate });
      if (bucket.left > 0) {
        bucket.left--;
        return 0;
      }
      if (bucket.isLast) return secondsUntil(bucket.endsMs);
    }
  }

  /** Draws a block where there is none. What is needed together is drawn in one statement. */
  async function ready({ name, rate }: Named): Promise<Bucket> {
    const bucket = find(name) ?? begin(name);
    // Whoever comes meanwhile waits for the same block.
    if (bucket.left === 0 && !bucket.isLast) await (bucket.drawing ??= fill(bucket, name, rate));
    return bucket;
  }

  function begin(name: string): Bucket {
    if (buckets.size >= REMEMBERED_MOST) forgetSome();
    const bucket: Bucket = { left: 0, isLast: false, endsMs: Infinity, drawing: null };
    buckets.set(name, bucket);
    return bucket;
  }

  async function fill(bucket: Bucket, name: string, { most: usual, windowS }: Rate): Promise<void> {
    const at = clock.now();
    const most = usual * factor;
    try {
      const { granted, rest, leftS } = await draw({ name, most, windowS, amount: Math.max(1, Math.floor(most / BLOCKS)) }, at);
      bucket.left += granted;
      bucket.isLast = rest === 0;
      bucket.endsMs = at.getTime() + leftS * 1000;
    } catch (error) {
      buckets.delete(name);
      throw error;
    } finally {
      bucket.drawing = null;
    }
  }

  /** What is over first, then what was there longest: it is drawn again when it is needed. */
  function forgetSome() {
    const now = nowMs();
    for (const [name, { endsMs }] of buckets) if (endsMs <= now) buckets.delete(name);
    for (const name of buckets.keys()) {
      if (buckets.size < REMEMBERED_MOST / 2) break;
      buckets.delete(name);
    }
  }

  function secondsUntil(endsMs: number): number {
    return Math.max(1, Math.ceil((endsMs - nowMs()) / 1000));
  }

  /** The first one is the person's: whoever is stopped takes nothing from their team, or their workspace. */
  async function takeBoth([own, shared]: readonly [Named, Named]): Promise<number> {
    const [mine, ours] = await Promise.all([ready(own), ready(shared)]);
    if (mine.left === 0 || ours.left === 0) return (await takeOne(own)) || takeOne(shared);
    mine.left--;
    ours.left--;
    return 0;
  }

  function ofTeam(what: string, { person, team }: Pick<VerbRate, 'person' | 'team'>, who: Who): [Named, Named] {
    return [
      { name: `${what}|${who.person}`, rate: person },
      { name: `${what}|team:${who.teamId}`, rate: team },
    ];
  }

  function inChat(verb: ChatVerb, { person, workspace }: { readonly person: string; readonly workspace: string }): [Named, Named] {
    return [
      { name: `${verb}|chat:${person}`, rate: chatRates[verb].person },
      { name: `${verb}|workspace:${workspace}`, rate: chatRates[verb].workspace },
    ];
  }

  return {
    take: (verb, who) => takeBoth(ofTeam(verb, verbRates[verb], who)),
    takeInChat: (verb, who) => takeBoth(inChat(verb, who)),
    async readyInChat(verb, who) {
      await Promise.all(inChat(verb, who).map(ready));
    },
    mayTell: async (person) => (await takeOne({ name: `chats.told|chat:${person}`, rate: toldRate })) === 0,
    async note(thing, who) {
      const both = ofTeam(thing, freeRates[thing], who);
      await takeBoth(both);
      for (const { name } of both) {
        const bucket = find(name);
        if (bucket?.isLast && bucket.left === 0) freeIsUsedUpUntilMs = Math.max(freeIsUsedUpUntilMs, bucket.endsMs);
      }
    },
    waiting({ person, teamId }) {
      if (freeIsUsedUpUntilMs <= nowMs()) return null;
      for (const thing of ['stopped', 'refused', 'answered', 'unapproved'] as const) {
        for (const [whose, rate] of [
          [person, freeRates[thing].person],
          [`team:${teamId}`, freeRates[thing].team],
        ] as const) {
          const bucket = find(`${thing}|${whose}`);
          if (!bucket?.isLast || bucket.left > 0) continue;
          const waitSeconds = secondsUntil(bucket.endsMs);
          return thing === 'stopped'
            ? { code: 'cancels.too-many', facts: { stopped: rate.most * factor, waitSeconds } }
            : { code: 'request.too-many', facts: { waitSeconds } };
        }
      }
      return null;
    },
  };
}

/** A rate, and what is counted under it. */
interface Named {
  readonly name: string;
  readonly rate: Rate;
}

interface Bucket {
  /** Taken from what is left for all, and not used yet. */
  left: number;
  /** Nothing is left besides, for anybody. */
  isLast: boolean;
  endsMs: number;
  drawing: Promise<void> | null;
}

/**
 * The verbs, each within its rate, whichever door somebody comes through. `tasks.ask` and `tasks.retry` see to it themselves
 * (core/flows/tasks/intake.ts).
 */
export function withinRates<App extends Nouns>(rates: Rates, app: App): App {
  return eachVerb(app, (name, verb) =>
    isRated(name) && !ownKeepers.has(name)
      ? async (actor: Actor, ...given: unknown[]) => {
          if (isCostly[name]?.(given) ?? true) await mustNotBeTooMany(rates, name, actor);
          return verb(actor, ...given);
        }
      : verb,
  );
}

/** A repeat of theirs is answered whatever the rate. */
const ownKeepers: ReadonlySet<RatedVerb> = new Set(['tasks.ask', 'tasks.retry']);

/** Some verbs cost something only when they are asked for more than usual. */
const isCostly: Partial<Record<RatedVerb, (given: readonly unknown[]) => boolean>> = {
  'tasks.list': ([filter]) => typeof filter === 'object' && filter !== null && 'search' in filter && Boolean(filter.search),
};

function isRated(name: string): name is RatedVerb {
  return Object.hasOwn(verbRates, name);
}

/** Throws `request.too-many`. Who may not do this anyway is told so by the verb itself. */
async function mustNotBeTooMany(rates: Rates, verb: RatedVerb, { userId, teamId, role }: Actor): Promise<void> {
  if (!may(role, verbRates[verb].needs)) return;
  const waitSeconds = await rates.take(verb, { person: `user:${userId}`, teamId });
  if (waitSeconds > 0) throw refuse('request.too-many', { waitSeconds });
}
