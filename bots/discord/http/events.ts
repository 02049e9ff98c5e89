// `/discord/events`: what Discord tells of the app itself. Servers and their commands are told by the gateway; nothing here is needed for
// them, so it is only written down in the log.

import { z } from 'zod';
import type { Mount } from '#bots/adapter.ts';
import { end, readingSigned, type SignedDeps } from './signed.ts';

export const EVENTS_PATH = '/discord/events';

export function discordEvents(deps: SignedDeps): Mount {
  const read = readingSigned(deps);
  const { log } = deps;
  return {
    method: 'POST',
    path: EVENTS_PATH,
    async handle(request, response) {
      const signed = await read(request, response);
      if (signed === null) return;
      const { data: told } = eventSchema.safeParse(signed.body);
      // Discord takes 204 for every event, and stops telling any where it gets another answer too often.
      await end(response, 204).catch(() => undefined);
      const event = told?.event;
      if (event === undefined) return void (told?.type === 0 || log.warn({}, 'event of Discord of a shape that we do not know'));
      const about = {
        event: event.type,
        userId: event.data?.user?.id ?? null,
        guildId: event.data?.guild?.id ?? event.data?.guild_id ?? null,
      };
      if (known.has(event.type)) log.info(about, 'Discord tells of the app');
      else log.warn(about, 'event of Discord that we do not know');
    },
  };
}

/** Installed and removed, by people or for servers, and purchases in Discord’s own store, which we do not sell in. */
const known: ReadonlySet<string> = new Set([
  'APPLICATION_AUTHORIZED',
  'APPLICATION_DEAUTHORIZED',
  'ENTITLEMENT_CREATE',
  'ENTITLEMENT_UPDATE',
  'ENTITLEMENT_DELETE',
]);

const id = z.string().max(30);
const about = z.object({ id });
const dataSchema = z.object({
  user: about.optional().catch(undefined),
  guild: about.optional().catch(undefined),
  guild_id: id.nullish().catch(undefined),
});
const eventSchema = z.object({
  type: z.int(),
  event: z.object({ type: z.string().max(100), data: dataSchema.optional().catch(undefined) }).optional(),
});
