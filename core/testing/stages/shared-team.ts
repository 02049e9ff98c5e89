// A team of several people, for tests.

import { credits } from '#core/domain/credits/credits.ts';
import { newId, type TeamId, type WalletId } from '#core/domain/ids.ts';
import type { Role } from '#core/domain/team/permission.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { justConfirmed } from './just-confirmed.ts';
import type { Person } from './stage.ts';
import type { Actor } from '#core/domain/actor.ts';

/** Makes the team with its wallet, and gives each person as who they are there, without the key that they came with. */
export async function sharedTeam<const Roles extends readonly (readonly [Person, Role])[]>(
  core: Core,
  name: string,
  members: Roles,
  amount = 0,
): Promise<{ teamId: TeamId; walletId: WalletId; actors: { [Place in keyof Roles]: Actor } }> {
  const [teamId, walletId] = [newId<TeamId>(), newId<WalletId>()];
  const at = core.clock.now();
  const { money, ledger } = core.store;
  await money.query({ text: 'INSERT INTO teams (id, name, created_at) VALUES ($1, $2, $3)' }, [teamId, name, at]);
  for (const [{ userId }, role] of members)
    await money.query({ text: 'INSERT INTO members (id, team_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5)' }, [
      newId(at.getTime()),
      teamId,
      userId,
      role,
      at,
    ]);
  await ledger.open(walletId, teamId, at);
  if (amount > 0)
    await ledger.credit(
      { key: `test:${walletId}`, wallet: walletId, lot: newId(), type: 'grant', credits: credits(amount), source: 'test' },
      at,
    );
  const actors = members.map(([person, role]) => ({ ...loggedIn(person), teamId, role }));
  return { teamId, walletId, actors: actors as never };
}

/** The same person without their API key. */
export function loggedIn({ userId, teamId, role, email }: Actor): Actor {
  return { userId, teamId, role, email, ...justConfirmed };
}
