// `npm run keys`: every key with what depends on it. Ends with 1 when one cannot be read.

import { encryptedAnew } from '#core/engines/auth/second-factors.ts';
import { rotatedSecrets } from '#core/product/keyring.ts';
import { lostKeyWords } from '#core/product/lost-key.ts';
import { inputsToReseal, sealedMails, sealedRows } from '#core/store/database/reseal.ts';
import { sealedSecrets, secretVersions, type SecretVersions } from '#core/store/database/secret-versions.ts';
import { secondFactors, type SecondFactor } from '#core/store/accounts/second-factors.ts';
import { count, whereTheKeyIs, type Vault } from './vault.ts';

const purposes: readonly (readonly [name: string, purpose: string])[] = [
  ['links', 'signs download links'],
  ['logins', 'signs sessions; encrypts two-factor authentication'],
  ['mailboxes', 'recognises mailboxes that had their starting credits; a copy is in storage'],
  ['openclaw device', 'is this product to the agents’ gateway, which approves it once'],
];

export async function status(vault: Vault): Promise<number> {
  const { store, encryptionKeys, config, say } = vault;
  const secrets = await sealedSecrets(store.money, encryptionKeys);
  const mails = await sealedMails(store.money, encryptionKeys);
  const installs = await sealedRows(store.money, encryptionKeys, 'installations');
  const inputs = await inputsToReseal(store.money, encryptionKeys);
  for (const { name, createdAt, state } of secrets) {
    const purpose = purposes.find(([of]) => name === of || name.startsWith(`${of} `))?.[1] ?? 'is not known to this version';
    const words = { current: 'ok   ', older: 'older', lost: 'LOST ' }[state];
    say(`${words} ${name.padEnd(16)} since ${createdAt.toISOString().slice(0, 10)}: ${purpose}`);
  }
  if (secrets.length === 0) say('There are no keys yet; the first start makes them.');
  const gone = secrets.filter(({ state }) => state === 'lost').map(({ name }) => name);
  const lost = gone.length;
  const factors = await lostFactors(vault, gone);
  const older = secrets.filter(({ state }) => state === 'older').length + mails.older.length + installs.older.length + inputs.length;
  say('');
  if (older > 0)
    say(
      `${count(older, 'entry is', 'entries are')} sealed with an older key. The next start seals them with the first key in ENCRYPTION_KEY.`,
    );
  if (lost + factors.length + mails.lost.length + installs.lost.length === 0) {
    if (older === 0 && encryptionKeys.length > 1)
      say('Everything is sealed with the first key in ENCRYPTION_KEY; the others can be dropped.');
    else if (older === 0) say(`Every key can be read with ${whereTheKeyIs(config)}.`);
    return 0;
  }
  say(
    `Cannot be read: ${count(lost, 'key')}, two-factor authentication of ${count(factors.filter(({ inUse }) => inUse).length, 'person', 'people')}, ${count(mails.lost.length, 'mail')}${installs.lost.length > 0 ? `, tokens of ${count(installs.lost.length, 'workspace')}` : ''}.`,
  );
  say(
    lost + mails.lost.length + installs.lost.length > 0 ? lostKeyWords(config) : 'To reset what cannot be read, run: npm run keys -- lost',
  );
  return 1;
}

/** Where a secret of the logins is gone, nobody knows which second factors were encrypted with it: all of them count. */
export async function lostFactors(vault: Vault, goneSecrets: readonly string[]): Promise<SecondFactor[]> {
  return goneSecrets.some(isOfLogins) ? secondFactors(vault.store.money) : unreadable(vault);
}

export function isOfLogins(name: string): boolean {
  return /^logins( \d+)?$/.test(name);
}

/** Whose second factor no version of the logins' secret opens. */
async function unreadable({ store, encryptionKeys }: Vault): Promise<SecondFactor[]> {
  const factors = await secondFactors(store.money);
  if (factors.length === 0) return [];
  const versions = await loginSecrets({ store, encryptionKeys });
  const found: SecondFactor[] = [];
  for (const factor of factors) if ((await anew(versions, factor)) === null) found.push(factor);
  return found;
}

export function loginSecrets({ store, encryptionKeys }: Pick<Vault, 'store' | 'encryptionKeys'>): Promise<SecretVersions> {
  return secretVersions(store.money, encryptionKeys, 'logins', rotatedSecrets.logins);
}

/** Both parts of a second factor, encrypted with the newest secret; null when one of them cannot be read. */
export async function anew(versions: SecretVersions, factor: SecondFactor): Promise<Pick<SecondFactor, 'secret' | 'backupCodes'> | null> {
  const [secret, backupCodes] = await Promise.all([encryptedAnew(versions, factor.secret), encryptedAnew(versions, factor.backupCodes)]);
  return secret === null || backupCodes === null ? null : { secret, backupCodes };
}
