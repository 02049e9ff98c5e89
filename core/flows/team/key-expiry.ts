// Nobody is surprised by a key that expires: its person gets a mail a week before.

import { KEY_NOTICE_DAYS } from '#core/domain/team/api-key.ts';
import { expiringKeys, expiryMailKey } from '#core/store/team/key-expiry.ts';
import type { Core } from '../runtime/core.ts';
import { writeMail } from '../mail/mail.ts';

const AT_ONCE = 100;
const DAY_MS = 86_400_000;

/** For upkeep. */
export async function tellOfExpiringKeys(core: Core): Promise<void> {
  const at = core.clock.now();
  const until = new Date(at.getTime() + KEY_NOTICE_DAYS * DAY_MS);
  const keys = await expiringKeys(core.store.money, at, until, AT_ONCE);
  for (const { id, name, owner, email, team, expiresAt } of keys)
    await writeMail(core, {
      key: expiryMailKey(id),
      to: email,
      saying: {
        kind: 'key-expiring',
        name: owner,
        key: name,
        team,
        until: expiresAt.toISOString(),
        url: `${core.settings.publicUrl}/team/keys`,
      },
      expiresAt,
    });
  if (keys.length > 0) core.log.info({ keys: keys.length }, 'people told that keys expire');
}
