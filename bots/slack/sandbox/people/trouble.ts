// What tests order and count: how events are told, faults, limits, time, and the calls that were made.

import { z } from 'zod';
import { faultNames } from '#bots/stand-in/faults.ts';
import { changesAfter, changesSchema } from '#bots/stand-in/people.ts';
import { fileFaults } from '../shelf.ts';
import { dropReasons } from '../tell/socket.ts';
import { act, channelOf, id, teamOf } from './act.ts';

const hook = act(
  z
    .strictObject({
      url: z.url().nullable(),
      socket: z.boolean(),
      atOnce: z.int().min(1).max(20),
      repeats: z.int().min(0).max(20),
      reversed: z.boolean(),
      twin: z.boolean(),
      retriesMs: z.array(z.int().min(0)).max(10_000),
      delayed: z.boolean(),
      skewS: z.int(),
      secret: z.string().min(1).max(200).nullable(),
    })
    .partial(),
  ({ teller }, change) => teller.set(change as Parameters<typeof teller.set>[0]),
);

const next = act(
  z.strictObject({ methods: z.array(z.string().max(60)).max(20), fault: z.enum(faultNames) }),
  ({ faults }, { methods, fault }) => faults.order({ names: methods, fault }),
);
const nextFile = act(z.strictObject({ fault: z.enum(fileFaults) }), ({ shelf }, { fault }) => shelf.order(fault));
const faults = act(z.strictObject({}), (people) => ({ calls: people.faults.waiting(), files: people.shelf.waiting() }));
const letGo = act(z.strictObject({}), (people) => people.faults.letGo());

const limit = act(z.strictObject({ channel: id, forMs: z.int().min(0) }), (people, { channel, forMs }) =>
  people.limits.close(channelOf(people, channel).id, forMs),
);
const tierFactor = act(z.strictObject({ factor: z.number().positive().max(1_000_000) }), ({ limits }, { factor }) => limits.factor(factor));

const advance = act(z.strictObject({ ms: z.number().min(0) }), ({ clock, teller }, { ms }) => {
  clock.advance(ms);
  teller.wake();
});

const calls = act(z.strictObject({ method: z.string().optional() }), (people, { method }) =>
  people.calls.filter((call) => method === undefined || call.method === method),
);
const deliveries = act(z.strictObject({}), ({ teller }) => teller.deliveries());

/** An event of any shape, as some workspaces have them. */
const event = act(
  z.strictObject({ team: id, event: z.record(z.string(), z.unknown()), shared: z.boolean().optional(), lateMs: z.int().min(0).optional() }),
  (people, { team, event: given, shared = false, lateMs = 0 }) => {
    const at = people.state.nextTs();
    people.teller.event(teamOf(people, team), { event_ts: at, ...given }, { shared, lateMs });
  },
);

/** Any body, told once and signed: for what Slack never retries, and for what it never sends. */
const post = act(z.strictObject({ body: z.record(z.string(), z.unknown()) }), ({ teller }, { body }) => teller.json(body));
const postForm = act(z.strictObject({ fields: z.record(z.string(), z.string()) }), ({ teller }, { fields }) => teller.form(fields));

const dropSockets = act(z.strictObject({ reason: z.enum(dropReasons) }), ({ sockets }, { reason }) => sockets.drop(reason));
const socketCount = act(z.strictObject({}), ({ sockets }) => sockets.count());

const changes = act(changesSchema, ({ state }, given) => changesAfter(state, given));

export const troubleActs = {
  hook,
  next,
  nextFile,
  faults,
  letGo,
  limit,
  tierFactor,
  advance,
  calls,
  deliveries,
  event,
  post,
  postForm,
  dropSockets,
  socketCount,
  changes,
};
