import { botName } from '../wire.ts';
import type { Team, User } from '../shapes.ts';
import type { Names } from './mrkdwn.ts';

/** Names of everybody who can be mentioned in a workspace, by id. */
export function drawnName({ teams, users }: { readonly teams: readonly Team[]; readonly users: readonly User[] }, team: string): Names {
  const bots = teams.filter(({ id }) => id === team).map(({ botUser }): [string, string] => [botUser, botName]);
  return new Map([...bots, ...users.filter((user) => user.team === team).map(({ id, name }): [string, string] => [id, name])]);
}
