// What people do on a stand-in, and what tests want to see or break, by name: each act takes its arguments as one JSON object, posted to
// `/people/<name>`, so the stand-in may be another process.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { bodyOf, jsonIn } from './body.ts';
import type { Send } from './faults.ts';

export interface Act {
  readonly schema: z.ZodType;
  run(world: never, given: never): unknown;
}

/** An act of a stand-in that has this world. */
export type MakeAct<World> = <Schema extends z.ZodType>(schema: Schema, run: (world: World, given: z.output<Schema>) => unknown) => Act;

export function actsOf<World>(): MakeAct<World> {
  return (schema, run) => ({ schema, run: run as Act['run'] });
}

/** A no that can be shown to a person. */
export class PeopleNo extends Error {}

/** Answers one act. `token` undefined: everybody on this machine may act for people. */
export async function answerPeople<World>(
  {
    acts,
    world,
    token,
    send,
  }: { readonly acts: ReadonlyMap<string, Act>; readonly world: World; readonly token: string | undefined; readonly send: Send },
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
    return send(response, 401, { ok: false, error: 'not_allowed' });
  const act = acts.get(name);
  if (act === undefined) return send(response, 404, { ok: false, error: 'no_such_act' });
  try {
    const given = act.schema.parse(jsonIn(String(await bodyOf(request))));
    send(response, 200, ((await act.run(world as never, given as never)) ?? null) as object);
  } catch (error) {
    if (!(error instanceof PeopleNo || error instanceof z.ZodError)) throw error;
    send(response, 400, { ok: false, error: error.message });
  }
}

/** The acts that tell what has changed, for a world with tables. */
export const changesSchema = z.strictObject({ after: z.int().min(-1) });

export async function changesAfter(
  state: { version(): number; changed(): Promise<void> },
  { after }: z.output<typeof changesSchema>,
): Promise<{ readonly version: number }> {
  if (state.version() === after) await state.changed();
  return { version: state.version() };
}

/** The stand-in said no. */
export class PeopleRefusal extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, act: string) {
    super(`the sandbox answered ${status} to ${act}: ${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

export type CallPeople = <T>(act: string, given: object, signal?: AbortSignal) => Promise<T>;

/** Calls acts; rejects with a PeopleRefusal. `token` is the people's, where the stand-in asks for one. */
export function peopleCalls(url: string, token?: string): CallPeople {
  return async <T>(act: string, given: object, signal?: AbortSignal): Promise<T> => {
    const response = await fetch(`${url}/people/${act}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(given),
      ...(signal && { signal }),
    });
    if (response.ok) return (await response.json()) as T;
    throw new PeopleRefusal(response.status, reasonIn(await response.text()), act);
  };
}

/** The `error` of a JSON answer; of any other its beginning. */
export function reasonIn(text: string): string {
  try {
    return String((JSON.parse(text) as { error?: unknown }).error);
  } catch {
    return text.slice(0, 200);
  }
}
