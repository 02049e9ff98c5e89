// What a call of the REST API is, and how it is answered.

import type { Channel } from '../shapes.ts';
import type { Limit } from '../limits/buckets.ts';
import type { SchemaName } from '../checks/spec.ts';
import type { World } from '../world.ts';

export interface Upload {
  /** The n of its field `files[n]`. */
  readonly n: string;
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}

export type Json = Readonly<Record<string, unknown>>;

export interface Call {
  readonly world: World;
  /** By its name in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** An object, or a list; an empty object where none was sent. */
  readonly body: unknown;
  readonly files: readonly Upload[];
}

/** `body` null: 204, without a body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What the call changes, done once nothing speaks against it. */
export type Effect = () => Answer;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** `/channels/:channel/messages` */
  readonly path: string;
  /** `token`: its path has an interaction's token, and no ceiling counts it. `client`: with the app's id and secret. */
  readonly as: 'bot' | 'token' | 'client';
  readonly limit: Limit;
  /** What the body has to be. */
  readonly schema?: SchemaName | ((call: Call) => SchemaName | null);
  /** Looks for what the path names, and whether the bot may do this there; throws Discord's no. Then the body is checked. */
  bind(call: Call): (body: Json) => Effect;
  /** Of which channels it is a post. */
  posts?(call: Call): readonly (string | null)[];
}

/** Words or a number of a body; empty for anything else. */
export function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export const done: Answer = { status: 204, body: null };

/** Whom a limit counts for. */
export function majorOf({ params }: Pick<Call, 'params'>): string {
  return params['channel'] ?? params['guild'] ?? params['token'] ?? '';
}

/** The channel, and for a thread the one that it hangs on. */
export function withParent({ state }: Pick<World, 'state'>, id: string): (string | null)[] {
  const found: Channel | undefined = state.get('channels', id);
  return [id, found?.parent ?? null];
}
