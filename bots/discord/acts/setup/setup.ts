// `/setup`: what is answered in a channel, and who can ask there and on the whole server. For those who manage the server.

import { usualRules, wholeWorkspace, type NamedPlace, type PlaceRules } from '#core/domain/workspaces/place.ts';
import { channelPlace } from '../../servers/names.ts';
import { atOf } from '../../snowflake.ts';
import type { Answer } from '../answer.ts';
import type { ActsDeps } from '../deps.ts';
import type { Here } from '../place.ts';
import type { Given } from '../shapes.ts';
import { sayNotTaken, short } from '../words.ts';
import { channelRules, serverRules } from './rules.ts';
import { sayRules } from './words.ts';

const LOOK_MS = 1_000;

/** Without options it shows how things are. Never rejects. */
export async function setsUp(deps: ActsDeps, here: Here, made: Given): Promise<Answer> {
  const { app, log, brandName } = deps;
  const { guild, limitsAs: ref, speaker } = here;
  if (guild === null || ref === undefined)
    return {
      kind: 'private',
      reply: short('There is nothing to set up here.', `Use this command in a server where ${brandName} is installed.`),
    };
  if (speaker.administers !== true) return { kind: 'private', reply: sayMayNot };
  const whole = wholeWorkspace('discord', guild);
  const rulesOf = async (of: string): Promise<PlaceRules> => (await app.workspaces.place(of)) ?? usualRules;
  async function rule(place: NamedPlace, rules: Partial<PlaceRules>): Promise<void> {
    if (Object.keys(rules).length > 0) await app.workspaces.rulePlace(place, rules, atOf(made.id), { space: null, externalId: here.user });
  }
  try {
    const place = await placeOf(deps, here, guild, ref);
    const wanted = channelRules(made, await rulesOf(ref));
    // Rules change neither its name nor who sees it, which may have changed since somebody asked there.
    if (place.name !== null && Object.keys(wanted).length > 0) await app.workspaces.placeNamed(place);
    await rule(place, wanted);
    await rule(whole, serverRules(made, await rulesOf(whole.ref)));
    const [channel, server, open] = await Promise.all([rulesOf(ref), rulesOf(whole.ref), app.workspaces.openIn('discord', guild)]);
    return { kind: 'private', reply: sayRules(place.name, { channel, server, open: open.in }) };
  } catch (error) {
    log.warn({ interactionId: made.id, error }, 'rules of a channel not changed');
    return { kind: 'private', reply: sayNotTaken };
  }
}

const sayMayNot = short('Only people who can manage the server can change this.', 'They have the permission “Manage Server”.');

/** A channel is named to those who ask elsewhere, so whether everybody sees it counts. */
async function placeOf({ guilds }: ActsDeps, { kind, name, parent }: Here, guild: string, ref: string): Promise<NamedPlace> {
  const found = await guilds.whereIs(parent, AbortSignal.timeout(LOOK_MS)).catch(() => null);
  return channelPlace(ref, guild, { name: found?.name ?? (kind === 'channel' ? name : null), isPrivate: found?.isPrivate ?? true });
}
