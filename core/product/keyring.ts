// The keys that all processes share and that can be rotated while they run (`npm run keys`): a process hears of a rotation and
// reads them again, also after it was cut off from the database for a while.

import { randomBytes } from 'node:crypto';
import { newAuthSecret } from '#core/engines/auth/auth.ts';
import type { Log } from '#core/ports/log.ts';
import { secretVersions, type SecretVersions } from '#core/store/database/secret-versions.ts';
import type { Store } from '#core/store/database/store.ts';

export interface Keyring {
  /** The first signs links; all of them are accepted. The same array until they change. */
  links(): readonly [Buffer, ...Buffer[]];
  /** Sign cookies, and encrypt second factors. The same array until they change. */
  logins(): SecretVersions;
  close(): void;
}

/** How the secrets that can be rotated are made, by name. */
export const rotatedSecrets = { links: newLinkKey, logins: newAuthSecret };

export async function openKeyring(store: Pick<Store, 'money' | 'wakeups'>, encryptionKeys: readonly string[], log: Log): Promise<Keyring> {
  const read = async () => {
    const of = (name: keyof typeof rotatedSecrets) => secretVersions(store.money, encryptionKeys, name, rotatedSecrets[name]);
    const [links, logins] = await Promise.all([of('links'), of('logins')]);
    return { links: links.map(({ secret }) => Buffer.from(secret, 'base64url')) as [Buffer, ...Buffer[]], logins };
  };
  let keys = await read();
  let reading = Promise.resolve();
  const stop = store.wakeups.on('keys', () => {
    // One after the other, so that the newest answer counts.
    reading = reading.then(async () => {
      try {
        const next = await read();
        if (isSame(keys.logins, next.logins) && keys.links.length === next.links.length && keys.links[0].equals(next.links[0])) return;
        keys = next;
        log.info({ links: next.links.length, logins: next.logins.length }, 'keys were rotated, read again');
      } catch (error) {
        log.error({ error }, 'keys could not be read again, going on with those from before');
      }
    });
  });
  return { links: () => keys.links, logins: () => keys.logins, close: stop };
}

function isSame(some: SecretVersions, others: SecretVersions): boolean {
  return some.length === others.length && some.every(({ version }, i) => version === others[i]!.version);
}

function newLinkKey(): string {
  return randomBytes(32).toString('base64url');
}
