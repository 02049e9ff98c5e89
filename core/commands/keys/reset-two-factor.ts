// `npm run keys -- reset-two-factor <email>`: the way back for somebody who lost both their authenticator and their backup codes.
// Whoever runs it has made sure that it is the person: from then on their password, or a link by email, is enough to log in.

import { securityNotice } from '#core/domain/mail/mail.ts';
import { sealedSecrets } from '#core/store/database/secret-versions.ts';
import { secondFactors, turnOffSecondFactor } from '#core/store/accounts/second-factors.ts';
import { CommandError } from '../with-database.ts';
import { count, operatorName, portalUrl, whereTheKeyIs, writeNotice, type Vault } from './vault.ts';

export async function resetTwoFactor(vault: Vault, email: string, yes: boolean): Promise<number> {
  const { store, encryptionKeys, config, at, say } = vault;
  const person = await store.people.findByEmail(email.trim().toLowerCase());
  if (person === null) throw new CommandError(`No account has the address ${email}.`);
  const { userId } = person;
  const factor = (await secondFactors(store.money, userId)).find(({ inUse }) => inUse);
  if (factor === undefined) {
    say(`${email} has no two-factor authentication, so there is nothing to reset.`);
    return 0;
  }

  const sessions = (await store.accounts.sessions(userId, at)).length;
  const keys = (await store.ownKeys.list(userId, at)).length;
  if (!yes) {
    say(`Two-factor authentication of ${email} would be turned off, and ${count(sessions, 'session')} ended. The person gets an email.`);
    say('From then on, whoever has the password or reads the mailbox can log in until it is set up again.');
    if (keys > 0)
      say(`${count(keys, 'API key')} of this person would keep working. To revoke them, use the operator’s page of their team.`);
    say('');
    say('Nothing was changed. First make sure that the request comes from this person: docs/operate.md says how.');
    say(`Then run: npm run keys -- reset-two-factor ${email} --yes`);
    return 0;
  }

  // The email is sealed, so that whoever sends it must be able to open it.
  const states = (await sealedSecrets(store.money, encryptionKeys)).map(({ state }) => state);
  if (encryptionKeys.length === 0 || states.includes('lost'))
    throw new CommandError(`Not all keys can be read with ${whereTheKeyIs(config)}. To see which, run: npm run keys`);
  const saying = securityNotice(portalUrl(config), { name: factor.name, what: 'two-factor-reset', at, keys });
  const how = { by: operatorName(), act: 'two-factor.reset', endsSessions: true } as const;
  const done = await turnOffSecondFactor(store.money, factor, how, at, (on) => writeNotice(vault, factor, saying, on));
  if (!done) throw new CommandError(`${email} changed their two-factor authentication just now. Nothing was done; look again.`);
  say(`Done: two-factor authentication of ${email} is off, and ${count(sessions, 'session')} ended. They get an email about it.`);
  return 0;
}
