// Who is asking. A program shows its key as `Authorization: Bearer <key>` and nowhere else: an address ends up in logs. A
// person is logged in, by a cookie that a browser sends whoever made it ask, so what changes something must come from a
// page of ours.

import type { Request, Response } from 'express';
import type { Actor } from '#core/domain/actor.ts';
import type { TeamId } from '#core/domain/ids.ts';
import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import type { App } from '#core/flows/app.ts';
import type { Auth } from '#core/ports/auth.ts';
import type { FailedKeys } from './failed-keys.ts';
import { isOurOwn } from './own-origin.ts';
import { isAway, untilBack } from './patience.ts';
import { mustReachWith } from './read-only.ts';

export interface Keys {
  /** Rejects with `login.needed` without a key or session, `key.unknown` with a wrong key, `key.expired` and `key.read-only`. */
  actorOf(request: Request, response: Response): Promise<Actor>;
  /** null without a key or session; a wrong key is refused here too. */
  actorIfAny(request: Request, response: Response): Promise<Actor | null>;
  /** False once the key or session that this request came with was revoked, or acts for another team than this one. */
  stillGood(request: Request, teamId: TeamId): Promise<boolean>;
}

export interface Doorkeepers {
  readonly app: { readonly team: Pick<App['team'], 'actorByKey'>; readonly accounts: Pick<App['accounts'], 'actorOf'> };
  readonly auth: Pick<Auth, 'sessionOf'>;
  readonly publicUrl: string;
}

export function keysOf({ app, auth, publicUrl }: Doorkeepers, wrong: FailedKeys): Keys {
  async function actorIfAny(request: Request, response: Response) {
    const key = keyIn(request);
    const actor = await untilBack(response.locals, () => (key === null ? actorBySession(request, response) : actorByKey(request, key)));
    if (!actor) return null;
    mustReachWith(actor, request, response);
    const { userId, teamId, sessionId, apiKeyId } = actor;
    response.locals.ids = { userId, teamId, ...(sessionId && { sessionId }), ...(apiKeyId && { apiKeyId }) };
    return { ...actor, caller: request.ip ?? 'unknown' };
  }

  async function actorByKey(request: Request, key: string) {
    const address = request.ip ?? 'unknown';
    wrong.mayTry(address, key);
    try {
      const actor = await app.team.actorByKey(key);
      if (!actor) throw refuse('key.unknown');
      wrong.succeeded(key);
      return actor;
    } catch (error) {
      if (isRefusal(error) && (error.code === 'key.unknown' || error.code === 'key.expired')) wrong.failed(address, key);
      throw error;
    }
  }

  async function actorBySession(request: Request, response: Response) {
    const loggedIn = await sessionOf(request);
    if (!loggedIn) return null;
    if (!isOurOwn(request, publicUrl)) throw refuse('origin.foreign');
    if (loggedIn.cookies.length > 0) response.append('Set-Cookie', [...loggedIn.cookies]);
    return app.accounts.actorOf(loggedIn);
  }

  async function sessionOf({ headers: { cookie } }: Request) {
    return cookie === undefined ? null : auth.sessionOf(new Headers({ cookie }));
  }

  return {
    actorIfAny,
    async actorOf(request, response) {
      const actor = await actorIfAny(request, response);
      if (!actor) throw refuse('login.needed');
      return actor;
    },
    async stillGood(request, teamId) {
      const key = keyIn(request);
      try {
        const loggedIn = key === null ? await sessionOf(request) : null;
        const actor = key === null ? loggedIn && (await app.accounts.actorOf(loggedIn)) : await app.team.actorByKey(key);
        return actor?.teamId === teamId;
      } catch (error) {
        if (isRefusal(error) && error.code === 'key.expired') return false;
        if (isRefusal(error) || isAway(error)) return true; // nobody can tell now
        throw error;
      }
    },
  };
}

function keyIn({ headers }: Request): string | null {
  if (headers.authorization === undefined) return null;
  const key = /^bearer +([\w.~+/=-]+)$/i.exec(headers.authorization)?.[1];
  if (key === undefined) throw refuse('login.needed');
  return key;
}
