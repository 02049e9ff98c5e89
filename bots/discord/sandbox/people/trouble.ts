// What tests order and count: the gateway, faults, limits, time, and the calls that were made.

import { z } from 'zod';
import { faultNames } from '#bots/stand-in/faults.ts';
import { changesAfter, changesSchema } from '#bots/stand-in/people.ts';
import { codes, type Code } from '../no.ts';
import { fileFaults } from '../shelf.ts';
import { act, channelOf, id } from './act.ts';

const gateway = act(
  z
    .strictObject({
      silent: z.boolean(),
      cut: z.literal(true),
      op7: z.literal(true),
      op9: z.boolean(),
      close: z.int().min(1000).max(4999),
      frame: z.string(),
      atOnce: z.int().min(1).max(20),
      repeats: z.int().min(0).max(20),
      reversed: z.boolean(),
      heartbeatMs: z.int().min(20).max(120_000),
      echoFirst: z.boolean(),
      identifiesLeft: z.int().min(0).max(1_000),
      shards: z.int().min(1).max(1_000),
      forget: z.literal(true),
    })
    .partial(),
  (world, how) => world.gateway.set(how as Parameters<typeof world.gateway.set>[0]),
);
const none = z.strictObject({});
const lagging = act(none, (world) => world.gateway.lagging());
const connections = act(none, (world) => world.gateway.connections());
const identifies = act(none, ({ state }) => state.meta().identifies);
const dispatch = act(z.strictObject({ t: z.string().max(100), d: z.unknown() }), (world, { t, d }) =>
  world.gateway.tell({ t, d: d as object, intent: 0, guild: null }),
);

const routes = z.array(z.string().max(100)).max(20);
const next = act(z.strictObject({ routes, fault: z.enum(faultNames) }), (world, { routes: names, fault }) =>
  world.faults.order({ names, fault }),
);
const refuse = act(z.strictObject({ routes, code: z.literal(Object.keys(codes).map(Number)) }), ({ refusals }, { routes: names, code }) =>
  refusals.order(names, code as Code),
);
const nextFile = act(z.strictObject({ fault: z.enum(fileFaults) }), ({ shelf }, { fault }) => shelf.order(fault));
const faults = act(none, (world) => ({ calls: world.faults.waiting(), files: world.shelf.waiting() }));
const letGo = act(none, (world) => world.faults.letGo());

const limit = act(
  z.strictObject({ channel: id, forMs: z.int().min(0), scope: z.enum(['user', 'shared']).default('user') }),
  (world, { channel, forMs, scope }) => world.limits.close(channelOf(world, channel).id, forMs, scope),
);
const limitFactor = act(z.strictObject({ factor: z.number().positive().max(1_000_000) }), ({ limits }, { factor }) =>
  limits.setFactor(factor),
);

const revoke = act(z.strictObject({ revoked: z.boolean() }), ({ state }, { revoked }) => state.setMeta({ isRevoked: revoked }));
const forbid = act(z.strictObject({ words: z.array(z.string().min(1).max(100)).max(100) }), ({ state }, { words }) =>
  state.setMeta({ forbidden: words }),
);
const allowContent = act(z.strictObject({ allowed: z.boolean() }), ({ state }, { allowed }) => state.setMeta({ allowsContent: allowed }));
/** Where the app lets people be sent back to, as its page shows it. */
const redirects = act(z.strictObject({ addresses: z.array(z.url()).max(20) }), ({ state }, { addresses }) =>
  state.setMeta({ redirects: addresses }),
);
const advance = act(z.strictObject({ ms: z.number().min(0) }), ({ clock }, { ms }) => clock.advance(ms));
const calls = act(z.strictObject({ route: z.string().max(100).optional() }), (world, { route }) =>
  world.calls.filter((call) => route === undefined || call.route === route),
);
const changes = act(changesSchema, ({ state }, given) => changesAfter(state, given));

export const troubleActs = {
  redirects,
  gateway,
  lagging,
  connections,
  identifies,
  dispatch,
  next,
  refuse,
  nextFile,
  faults,
  letGo,
  limit,
  limitFactor,
  revoke,
  forbid,
  allowContent,
  advance,
  calls,
  changes,
};
