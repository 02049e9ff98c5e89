// `npm run keys -- rotate`: a new key for links or for logins. Running processes take it over at once. The one before stays
// good for what it signed, unless `--revoke` ends that too.

import { rotatedSecrets } from '#core/product/keyring.ts';
import { lostKeyWords } from '#core/product/lost-key.ts';
import { addSecretVersion, dropSecretVersions, sealedSecrets } from '#core/store/database/secret-versions.ts';
import { encryptSecondFactor, secondFactors } from '#core/store/accounts/second-factors.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { CommandError } from '../with-database.ts';
import { anew, loginSecrets } from './status.ts';
import { count, operatorName, type Vault } from './vault.ts';

type Rotated = keyof typeof rotatedSecrets;

/** A session that is in use gets the new signature with its next request; none lasts longer than this without one. */
const LOGINS_KEPT_DAYS = 31;

export function isRotated(name: string): name is Rotated {
  return Object.hasOwn(rotatedSecrets, name);
}

const revoking: Record<Rotated, string> = {
  links: `Every download link sent before stops working: in chats, mails and other people’s documents. The portal, the API and answers
that are read in it show fresh links.`,
  logins: `Everybody is logged out. Passwords, links in mails, two-factor authentication and API keys stay as they are.`,
};

export async function rotate(vault: Vault, name: Rotated, { revoke, yes }: { revoke: boolean; yes: boolean }): Promise<number> {
  const { store, encryptionKeys, at, say } = vault;
  if (revoke && !yes) {
    say(`${revoking[name]}\n\nNothing was changed. To do it: npm run keys -- rotate ${name} --revoke --yes`);
    return 0;
  }
  if ((await sealedSecrets(store.money, encryptionKeys)).some(({ state }) => state === 'lost'))
    throw new CommandError(lostKeyWords(vault.config));
  if (encryptionKeys.length === 0) throw new CommandError('There is no key to seal with yet. Run npm start first.');
  if (name === 'logins') await loginSecrets(vault); // names what cannot be read before anything is changed
  const version = await addSecretVersion(store.money, encryptionKeys, name, rotatedSecrets[name]());
  if (name === 'logins') await encryptAll(vault);
  const replacedBefore = revoke ? null : name === 'logins' ? new Date(at.getTime() - LOGINS_KEPT_DAYS * 86_400_000) : at;
  const dropped = revoke || name === 'logins' ? await dropSecretVersions(store.money, name, version, replacedBefore) : 0;
  if (revoke && name === 'logins') await endAllSessions(vault);
  await writeAudit(store.money, {
    at,
    actor: operatorName(),
    act: 'keys.rotated',
    teamId: null,
    subject: name,
    facts: { version, revoked: revoke },
  });
  say(`The key “${name}” was rotated; running processes use the new one from now on.`);
  if (revoke) say(revoking[name]);
  else say(`What the key before signed stays good. To end that too: npm run keys -- rotate ${name} --revoke`);
  if (dropped > 0 && !revoke) say(`${count(dropped, 'older version was', 'older versions were')} dropped.`);
  return 0;
}

/** Second factors are encrypted with the newest secret, so that the ones before can be dropped. */
async function encryptAll(vault: Vault): Promise<void> {
  const versions = await loginSecrets(vault);
  let unreadable = 0;
  for (const factor of await secondFactors(vault.store.money)) {
    const next = await anew(versions, factor);
    if (next === null) unreadable++;
    else if (next.secret !== factor.secret || next.backupCodes !== factor.backupCodes)
      await encryptSecondFactor(vault.store.money, factor, next);
  }
  if (unreadable > 0)
    vault.say(`Two-factor authentication of ${count(unreadable, 'person', 'people')} cannot be read. To reset it: npm run keys -- lost`);
}

export async function endAllSessions({ store }: Pick<Vault, 'store'>): Promise<number> {
  return store.money.transaction(async (client) => {
    const { rows } = await client.query<{ user_id: string }>('DELETE FROM sessions RETURNING user_id');
    for (const userId of new Set(rows.map((row) => row.user_id)))
      await client.query(`SELECT pg_notify('impacter', 'session:' || $1::text)`, [userId]);
    return rows.length;
  });
}
