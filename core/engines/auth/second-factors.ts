// What an authenticator shares with us, and backup codes, are encrypted with the logins' secret: with which version of it is
// written in front. Here they are encrypted anew after a rotation, and found where no version opens them any more.

import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import type { Log } from '#core/ports/log.ts';
import type { SecretVersions } from '#core/store/database/secret-versions.ts';

/** null where no version opens it. The same text where the newest one does. */
export async function encryptedAnew(versions: SecretVersions, text: string): Promise<string | null> {
  const { version } = versions[0];
  const key = { keys: new Map(versions.map((each) => [each.version, each.secret])), currentVersion: version };
  try {
    const data = await symmetricDecrypt({ key, data: text });
    return text.startsWith(`$ba$${version}$`) ? text : await symmetricEncrypt({ key, data });
  } catch {
    return null;
  }
}

const doors = new Set(['/api/auth/two-factor/verify-totp', '/api/auth/two-factor/verify-backup-code']);
/** How the library, and the cipher below it, say that they cannot decrypt. */
const cannotDecrypt = /^(invalid tag|Secret version \d+ not found|Cannot decrypt)/;

/** The answer to somebody whose second factor can no longer be read; null for any other error. */
export function unreadableFactor({ url }: Request, error: unknown, log: Log): Response | null {
  if (!doors.has(new URL(url).pathname) || !(error instanceof Error) || !cannotDecrypt.test(error.message)) return null;
  log.error({ mend: 'npm run keys -- lost' }, 'a second factor cannot be decrypted');
  return Response.json({ code: 'TWO_FACTOR_UNREADABLE', message: 'Your second factor can no longer be checked.' }, { status: 409 });
}
