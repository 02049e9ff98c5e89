// `/setup`: what is answered in a channel, and who can ask there. For those who manage the server.

import type { Block } from '#core/domain/messages/reply.ts';
import { usualRules, type PlaceRules } from '#core/domain/workspaces/place.ts';
import { atOf } from '../snowflake.ts';
import type { Answer } from './answer.ts';
import { sayAnswers } from './commands.ts';
import type { ActsDeps } from './deps.ts';
import type { Here } from './place.ts';
import type { Given } from './shapes.ts';
import { sayNotTaken, short } from './words.ts';

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
  try {
    const before = await app.workspaces.place(ref);
    const rules = rulesIn(made, before ?? usualRules);
    const name = await nameOf(deps, here);
    const place = {
      ref,
      platform: 'discord',
      workspace: guild,
      kind: 'channel',
      name,
      private: false,
    } as const;
    if (Object.keys(rules).length > 0) await app.workspaces.rulePlace(place, rules, atOf(made.id));
    return {
      kind: 'private',
      reply: sayRules(name, (await app.workspaces.place(ref)) ?? usualRules),
    };
  } catch (error) {
    log.warn({ interactionId: made.id, error }, 'rules of a channel not changed');
    return { kind: 'private', reply: sayNotTaken };
  }
}

const sayMayNot = short('Only people who can manage the server can change this.', 'They have the permission “Manage Server”.');

function rulesIn({ data: { options = [] } }: Given, before: Pick<PlaceRules, 'roles'>): Partial<PlaceRules> {
  const option = (name: string) => options.find((each) => each.name === name)?.value;
  const [answers, muted, role, everyone] = ['answers', 'muted', 'role', 'everyone'].map(option);
  const roles = everyone === true ? [] : typeof role === 'string' ? [...new Set([...before.roles, role])] : undefined;
  return {
    ...(typeof answers === 'string' && answers in sayAnswers && { answers: answers as PlaceRules['answers'] }),
    ...(typeof muted === 'boolean' && { muted }),
    ...(roles !== undefined && { roles }),
  };
}

async function nameOf({ guilds }: ActsDeps, { kind, name, parent }: Here): Promise<string | null> {
  const found = kind === 'channel' ? name : ((await guilds.whereIs(parent, AbortSignal.timeout(LOOK_MS)).catch(() => null))?.name ?? null);
  return found === null ? null : `#${found}`;
}

function sayRules(name: string | null, { answers, muted, roles }: PlaceRules) {
  const facts = [
    { label: 'Answers', value: sayAnswers[answers] },
    { label: 'Muted', value: muted ? 'Yes' : 'No' },
    {
      label: 'Can ask',
      value: roles.length === 0 ? 'Everyone' : `Members with ${roles.length === 1 ? 'the chosen role' : `one of ${roles.length} roles`}`,
    },
  ];
  const title = `Setup of ${name ?? 'this channel'}`;
  const blocks: Block[] = [
    { kind: 'heading', text: title, tone: 'plain' },
    { kind: 'facts', facts },
    { kind: 'prose', text: 'To link this server to a team, use /link.', from: 'us' },
  ];
  return {
    fallback: `${title}. ${facts.map(({ label, value }) => `${label}: ${value}`).join('. ')}.`,
    blocks,
  };
}
