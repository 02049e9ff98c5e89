// Members of servers, where an event does not bring them: messages that REST gives name their author alone. Kept for an hour.

import type { Clock } from '#core/ports/clock.ts';
import { DiscordNo, type Call } from '../api/call.ts';
import { memberSchema, type DiscordMember } from './shapes.ts';

export interface Members {
  /** null for somebody who is no member there. Rejects where Discord does not say. */
  of(guild: string, user: string): Promise<DiscordMember | null>;
  /** They changed. */
  forget(guild: string, user: string): void;
}

const KEPT_MS = 60 * 60_000;
const KEPT_MOST = 10_000;
const ASK_MS = 5_000;
/** Unknown member, unknown user, unknown server; and one where we are not. */
const noMember: ReadonlySet<number> = new Set([10_007, 10_013, 10_004, 50_001]);

export function discordMembers({ call, clock }: { readonly call: Call; readonly clock: Clock }): Members {
  const kept = new Map<string, { readonly member: Promise<DiscordMember | null>; readonly untilMs: number }>();
  return {
    of(guild, user) {
      const name = `${guild}:${user}`;
      const nowMs = clock.now().getTime();
      const known = kept.get(name);
      if (known !== undefined && known.untilMs > nowMs) return known.member;
      const member = lookUp(guild, user);
      kept.delete(name);
      kept.set(name, { member, untilMs: nowMs + KEPT_MS });
      if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value!);
      const drop = () => kept.get(name)?.member === member && kept.delete(name);
      // Whoever is none now may be one in a minute.
      member.then((found) => found === null && drop(), drop);
      return member;
    },
    forget: (guild, user) => void kept.delete(`${guild}:${user}`),
  };

  async function lookUp(guild: string, user: string): Promise<DiscordMember | null> {
    try {
      return memberSchema.parse(await call({ method: 'GET', path: `/guilds/${guild}/members/${user}` }, AbortSignal.timeout(ASK_MS)));
    } catch (error) {
      if (error instanceof DiscordNo && noMember.has(error.code)) return null;
      throw error;
    }
  }
}
