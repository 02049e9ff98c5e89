// A team of several people for a test, who came in as people do: invited by mail.

import { vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import { justConfirmed } from './just-confirmed.ts';
import { hashBearer } from '#core/store/database/bearer.ts';
import { linkIn } from '../visitors/mailbox.ts';
import type { Person, Stage } from './stage.ts';
import type { Actor } from '#core/domain/actor.ts';

export interface TeamStage {
  /** A person with a new team besides their own, acting for that. */
  owner(name?: string): Promise<Person>;
  /** Somebody else in the team of this one, as `role`, acting for it. */
  joins(owner: Actor, role: Role): Promise<Person>;
  /** The same person in their own personal team. */
  atHome(person: Person): Promise<Person>;
  /** The token in the newest invitation that this address got. */
  invitationFor(email: string): Promise<string>;
  /** `Grace: member`, by joining. */
  people(actor: Actor): Promise<string[]>;
}

export function teamStage({ app, core, person, mails }: Stage): TeamStage {
  // Logged in, rather than by a key.
  const named = async (holder: Person, name: string): Promise<Person> => {
    const { apiKeyId, ...someone } = holder;
    if (apiKeyId === undefined) throw new Error('a person of the stage has a key');
    await core.store.money.query({ text: 'UPDATE users SET name = $2 WHERE id = $1' }, [someone.userId, name]);
    return { ...someone, ...justConfirmed };
  };
  const invitationFor: TeamStage['invitationFor'] = async (email) => {
    const { rows } = await core.store.money.query<{ token_hash: string }>(
      { text: 'SELECT token_hash FROM invitations WHERE email = $1 ORDER BY sent_at DESC, id DESC LIMIT 1' },
      [email],
    );
    return vi.waitFor(async () => {
      const tokens = (await mails(email)).map((mail) => linkIn(mail).split('/').at(-1)!);
      const newest = tokens.find((token) => hashBearer(token) === rows[0]!.token_hash);
      if (newest === undefined) throw new Error(`the newest invitation for ${email} has not arrived`);
      return newest;
    });
  };
  return {
    invitationFor,
    async owner(name = 'Acme') {
      const ada = await named(await person(0), 'Ada');
      const { teamId } = await app.team.make(ada, name);
      return { ...ada, teamId, role: 'owner' };
    },
    async joins(owner, role) {
      const grace = await named(await person(0), `Grace ${newId().slice(-4)}`);
      await app.team.invite(owner, { email: grace.email, role });
      const { teamId } = await app.team.acceptInvitation(grace, await invitationFor(grace.email));
      return { ...grace, teamId, role };
    },
    async atHome(someone) {
      const home = (await core.store.people.findByEmail(someone.email))!;
      return { ...someone, teamId: home.teamId, role: 'owner' };
    },
    async people(actor) {
      const { rows } = await core.store.money.query<{ name: string; role: string }>(
        { text: 'SELECT u.name, m.role FROM members m JOIN users u ON u.id = m.user_id WHERE m.team_id = $1 ORDER BY m.created_at, m.id' },
        [actor.teamId],
      );
      return rows.map(({ name, role }) => `${name.split(' ')[0]}: ${role}`);
    },
  };
}
