// Passwords that were in somebody's leak are tried first by everybody else. Where LEAKED_PASSWORDS_URL is set we ask there
// (Have I Been Pwned's range API), and tell it only how the password's SHA-1 begins. When it does not answer, the password
// is taken: signing up must not hang on somebody else's server.

import { createHash } from 'node:crypto';
import type { Log } from '#core/ports/log.ts';

const PREFIX = 5;
const ANSWER_MS = 2_000;

export async function isLeaked(password: string, url: string | null, log: Log): Promise<boolean> {
  if (url === null) return false;
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
  try {
    const response = await fetch(`${url}/range/${hash.slice(0, PREFIX)}`, {
      headers: { 'Add-Padding': 'true' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const lines = (await response.text()).split(/\r?\n/);
    // What is there only to pad the answer was seen 0 times.
    return lines.some((line) => line.startsWith(`${hash.slice(PREFIX)}:`) && !line.endsWith(':0'));
  } catch (error) {
    log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'leaked passwords could not be asked for');
    return false;
  }
}
