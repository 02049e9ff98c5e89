// What becomes of one thing that Slack tells us, over HTTP or a socket: it is taken once it is written down, and not before. What is
// not taken, Slack tells again; what can never be taken says so, or Slack would tell that again too.

import { isRefusal } from '#core/domain/refusals/refusal.ts';
import type { Log } from '#core/ports/log.ts';
import type { TokensOf } from '../tokens-of.ts';
import type { About, Bolt } from './bolt.ts';
import type { Envelope } from './shapes.ts';
import { receivingTeam } from './teams.ts';

export interface TakeDeps {
  readonly tokens: TokensOf;
  readonly bolt: () => Promise<Pick<Bolt, 'handle'>>;
  readonly log: Log;
}

export type Outcome =
  | { readonly kind: 'taken'; readonly answer: unknown }
  /** Telling it again is no use. The status is HTTP's. */
  | { readonly kind: 'never'; readonly status: 400 | 404 }
  | { readonly kind: 'again' };

/** `cameMs` is `performance.now()` when it came. Never rejects. */
export type Take = (envelope: Envelope, body: Record<string, unknown>, cameMs: number) => Promise<Outcome>;

/** Slack tells most events again that are told again within some minutes. */
const KEPT_MOST = 5_000;

export function taker({ tokens, bolt, log }: TakeDeps): Take {
  /** Events that are taken, or being taken: told again, there is nothing to do. What every process must know, the core knows. */
  const lately = new Map<string, Promise<Outcome>>();
  return async (envelope, body, cameMs) => {
    const team = receivingTeam(envelope);
    const about = { team, eventId: envelope.event_id ?? null, type: envelope.type };
    try {
      if (team === null || (await tokens.of(team)) === null) {
        log.warn(about, 'request of a workspace where the app is not installed');
        return { kind: 'never', status: 404 };
      }
      const { event_id: id } = envelope;
      if (id === undefined) return await handled(body, { cameMs, team }, about);
      const name = `${team}:${id}`;
      const known = lately.get(name);
      if (known !== undefined) return await known;
      const outcome = handled(body, { cameMs, team }, about);
      lately.set(name, outcome);
      if (lately.size > KEPT_MOST) lately.delete(lately.keys().next().value!);
      outcome.catch(() => lately.delete(name));
      return await outcome;
    } catch (error) {
      if (isRefusal(error) && error.code === 'request.invalid') {
        log.warn({ ...about, error }, 'request of Slack that the core does not take');
        return { kind: 'never', status: 400 };
      }
      log.warn({ ...about, error }, 'request not taken; Slack will tell it again');
      return { kind: 'again' };
    }
  };

  async function handled(body: Record<string, unknown>, given: About, about: object): Promise<Outcome> {
    const { acknowledged, answer } = await (await bolt()).handle(body, given);
    if (acknowledged) return { kind: 'taken', answer };
    log.warn(about, 'nobody listens to this request');
    return { kind: 'never', status: 404 };
  }
}
