// Who is asking. A program shows its key as `Authorization: Bearer <key>` and nowhere else: an address ends up in logs.

import type { Request, Response } from 'express';
import { isRefusal, refuse } from '#core/domain/refusal.ts';
import type { Actor, App } from '#core/flows/app.ts';
import type { FailedKeys } from './failed-keys.ts';

export interface Keys {
  /** Rejects with `login.needed` without a key and `key.unknown` with a wrong one. */
  actorOf(request: Request, response: Response): Promise<Actor>;
  /** null without a key; a wrong one is refused here too. */
  actorIfAny(request: Request, response: Response): Promise<Actor | null>;
  /** False once the key that this request came with was revoked. */
  stillGood(request: Request): Promise<boolean>;
}

export function keysOf(app: Pick<App, 'actorByKey'>, wrong: FailedKeys): Keys {
  async function actorIfAny(request: Request, response: Response) {
    const key = keyIn(request);
    if (key === null) return null;
    const address = request.ip ?? 'unknown';
    wrong.mayTry(address, key);
    const actor = await app.actorByKey(key);
    if (!actor) {
      wrong.failed(address);
      throw refuse('key.unknown');
    }
    wrong.succeeded(key);
    response.locals.ids = { userId: actor.userId, teamId: actor.teamId };
    return actor;
  }

  return {
    actorIfAny,
    async actorOf(request, response) {
      const actor = await actorIfAny(request, response);
      if (!actor) throw refuse('login.needed');
      return actor;
    },
    async stillGood(request) {
      const key = keyIn(request);
      try {
        return key !== null && (await app.actorByKey(key)) !== null;
      } catch (error) {
        if (isRefusal(error)) return true; // nobody can tell now
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
