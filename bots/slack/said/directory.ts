// Who somebody is, as Slack knows them. No message says whether they are a guest or from another company, so they are looked up,
// and kept for an hour.

import { z } from 'zod';
import type { Clock } from '#core/ports/clock.ts';
import type { Hints } from '#core/ports/hints.ts';
import { SlackNo, type Call } from '../api/call.ts';
import type { TokensOf } from '../tokens-of.ts';

export interface Who {
  readonly id: string;
  readonly name: string;
  /** Where their id is unique: their own workspace, or company. The same whatever they do, or a linked person is a stranger. */
  readonly space: string;
  readonly isGuest: boolean;
  readonly isOutsider: boolean;
  readonly administers: boolean;
  readonly isBot: boolean;
}

export interface Directory {
  /** A person as the app in this workspace sees them. Rejects where Slack does not say. */
  who(team: string, user: string): Promise<Who>;
  /** Slack told that their profile changed: one process is told, and all of them hear of it. */
  changed(team: string, user: string): void;
  stop(): void;
}

const CHANGED = 'slack:user:';

const KEPT_MS = 60 * 60_000;
const KEPT_MOST = 10_000;
/** It is waited for before an event is confirmed, and the core needs its part of three seconds. */
const ASK_MS = 1_000;

export function slackDirectory({
  call,
  tokens,
  hints,
  clock,
}: {
  readonly call: Call;
  readonly tokens: TokensOf;
  readonly hints: Hints;
  readonly clock: Clock;
}): Directory {
  const kept = new Map<string, { readonly who: Promise<Who>; readonly untilMs: number }>();
  const stop = hints.on((about) => {
    // Some may have been missed.
    if (about === '') kept.clear();
    else if (about.startsWith(CHANGED)) kept.delete(about.slice(CHANGED.length));
  });
  return {
    stop,
    who(team, user) {
      const name = `${team}:${user}`;
      const nowMs = clock.now().getTime();
      const known = kept.get(name);
      if (known !== undefined && known.untilMs > nowMs) return known.who;
      const who = lookUp(team, user);
      kept.delete(name);
      kept.set(name, { who, untilMs: nowMs + KEPT_MS });
      if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value!);
      who.catch(() => kept.get(name)?.who === who && kept.delete(name));
      return who;
    },
    changed(team, user) {
      // Also where the hint is lost.
      kept.delete(`${team}:${user}`);
      hints.tell(`${CHANGED}${team}:${user}`);
    },
  };

  async function lookUp(team: string, user: string): Promise<Who> {
    const installation = await tokens.of(team);
    if (installation === null) throw new Error('the app is not installed in this workspace');
    try {
      const answer = await call('users.info', installation.tokens.bot, { user }, AbortSignal.timeout(ASK_MS));
      return whoIs(userSchema.parse(answer).user, { team, enterpriseId: installation.enterpriseId });
    } catch (error) {
      if (error instanceof SlackNo && hidden.has(error.error)) return unseen(team, user);
      throw error;
    }
  }
}

/** What Slack says of people whom this workspace cannot see, such as those of another company in a shared channel. */
const hidden: ReadonlySet<string> = new Set(['user_not_found', 'user_not_visible']);

function unseen(team: string, id: string): Who {
  return { id, name: id, space: team, isGuest: false, isOutsider: true, administers: false, isBot: false };
}

function whoIs(user: z.output<typeof userSchema>['user'], here: { readonly team: string; readonly enterpriseId: string | null }): Who {
  const { id, profile = {}, enterprise_user: company } = user;
  const own = user.team_id ?? here.team;
  const isColleague = here.enterpriseId !== null && company?.enterprise_id === here.enterpriseId;
  const isOutsider = user.is_stranger === true || (own !== here.team && !isColleague);
  return {
    id,
    name: [profile.display_name, profile.real_name, user.real_name, user.name].find((name) => name?.trim()) ?? id,
    space: company?.enterprise_id ?? own,
    isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
    isOutsider,
    // Whoever administers another company's workspace has no say here.
    administers: !isOutsider && (user.is_admin === true || user.is_owner === true),
    isBot: user.is_bot === true,
  };
}

const flag = z.boolean().nullish();
const words = z.string().nullish();
const userSchema = z.object({
  user: z.object({
    id: z.string(),
    team_id: words,
    name: words,
    real_name: words,
    profile: z.object({ display_name: words, real_name: words }).optional(),
    is_admin: flag,
    is_owner: flag,
    is_restricted: flag,
    is_ultra_restricted: flag,
    is_stranger: flag,
    is_bot: flag,
    enterprise_user: z.object({ enterprise_id: words }).nullish(),
  }),
});
