// What the options of `/setup` change. Those that are left out change nothing.

import { placeAnswers, type PlaceAnswers, type PlaceRules } from '#core/domain/workspaces/place.ts';
import { LISTED } from '../commands.ts';
import type { Given } from '../shapes.ts';

type Before = Pick<PlaceRules, 'roles' | 'roleNames'>;

/** Of the channel in which it was given. */
export function channelRules(made: Given, before: Before): Partial<PlaceRules> {
  const option = optionsOf(made);
  const [answers, muted, listed] = ['answers', 'muted', 'listed'].map(option);
  return {
    ...((placeAnswers as readonly unknown[]).includes(answers) && { answers: answers as PlaceAnswers }),
    ...(typeof muted === 'boolean' && { muted }),
    ...(typeof listed === 'boolean' && { open: listed }),
    ...rolesIn(made, before, { role: 'role', everyone: 'everyone' }),
  };
}

/** Of the server. */
export function serverRules(made: Given, before: Before): Partial<PlaceRules> {
  const channels = optionsOf(made)('channels');
  return {
    ...(typeof channels === 'string' && { onlyListed: channels === LISTED }),
    ...rolesIn(made, before, { role: 'server_role', everyone: 'server_everyone' }),
  };
}

function rolesIn(made: Given, before: Before, names: { readonly role: string; readonly everyone: string }): Partial<PlaceRules> {
  const option = optionsOf(made);
  const role = option(names.role);
  if (option(names.everyone) === true) return { roles: [], roleNames: {} };
  if (typeof role !== 'string') return {};
  const name = made.data.resolved?.roles?.[role]?.name;
  return {
    roles: [...new Set([...before.roles, role])],
    roleNames: { ...before.roleNames, ...(name !== undefined && { [role]: name }) },
  };
}

function optionsOf({ data: { options = [] } }: Given): (name: string) => string | boolean | number | undefined {
  return (name) => options.find((each) => each.name === name)?.value;
}
