// On loopback only this machine reaches us, and so does every page in its browsers: one whose own host name was pointed at
// us is of the same origin as we are, and reads all we answer. What it cannot do is call us by another name than its own.

import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '#core/domain/accounts/loopback.ts';

/** Whether a request calls us by a name of this machine, on any port, or by the one people reach us at. */
export function isOurHost({ headers }: Pick<IncomingMessage, 'headers'>, publicUrl: string): boolean {
  const called = URL.parse(`http://${headers.host ?? ''}`)?.hostname;
  return called !== undefined && (isLoopbackHost(called) || called === new URL(publicUrl).hostname);
}
