// Addresses of the app that Discord calls, and what it tells them. An address is tried before it is taken.

import { z } from 'zod';
import { botId } from '../bot.ts';
import { jsonIn } from '#bots/stand-in/body.ts';
import type { World } from '../world.ts';
import { act, PeopleNo } from './act.ts';

const url = z.strictObject({ url: z.url().nullable() });

const interactionsUrl = act(url, async (world, { url: address }) => {
  if (address !== null) {
    const ping = JSON.stringify({ application_id: botId, id: world.state.nextId(), token: 'ping', type: 1, version: 1 });
    const { status, body } = await world.tell.post(address, ping);
    const answer = jsonIn(body) as { type?: unknown } | null | undefined;
    if (status !== 200 || answer?.type !== 1) throw new PeopleNo(`not_verified: ${status} to a ping`);
    await mustRefuse(world, address, ping);
  }
  world.state.setMeta({ interactionsUrl: address });
});

const eventsUrl = act(url, async (world, { url: address }) => {
  if (address !== null) {
    const ping = JSON.stringify({ version: 1, application_id: botId, type: 0 });
    const { status } = await world.tell.post(address, ping);
    if (status !== 204) throw new PeopleNo(`not_verified: ${status} to a ping`);
    await mustRefuse(world, address, ping);
  }
  world.state.setMeta({ eventsUrl: address });
});

/** Discord tries whether signatures are looked at. */
async function mustRefuse({ tell }: World, address: string, body: string): Promise<void> {
  const { status } = await tell.post(address, body, { signature: 'ab'.repeat(64) });
  if (status !== 401) throw new PeopleNo(`not_verified: ${status} to a wrong signature`);
}

const event = act(z.strictObject({ body: z.record(z.string(), z.unknown()) }), async (world, { body }) => {
  const address = world.state.meta().eventsUrl;
  if (address === null) throw new PeopleNo('no_address');
  const whole = { version: 1, application_id: botId, type: 1, event: { timestamp: world.clock.now().toISOString(), ...body } };
  return (await world.tell.post(address, JSON.stringify(whole))).status;
});

const interaction = act(
  z.strictObject({ body: z.string().max(4_000_000), signature: z.string().max(300).optional(), timestamp: z.string().max(50).optional() }),
  (world, { body, signature, timestamp }) => {
    const address = world.state.meta().interactionsUrl;
    if (address === null) throw new PeopleNo('no_address');
    return world.tell.post(address, body, { ...(signature !== undefined && { signature }), ...(timestamp !== undefined && { timestamp }) });
  },
);

export const hookActs = { interactionsUrl, eventsUrl, event, interaction };
