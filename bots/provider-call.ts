// One call to a platform while somebody waits to be logged in.

import { ProviderError } from '#core/ports/login-provider.ts';
import { callRemote, RemoteAway, type RemoteRequest } from './remote-call.ts';

export interface ProviderSaid {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A person looks at an empty page meanwhile. */
const WITHIN_MS = 5_000;
/** A token, a person, or a handful of keys. */
const ANSWER_MOST = 200_000;

/** Rejects with ProviderError `away` where there is no answer in the platform's own words. A code is sent once: it may have been used up. */
export async function callProvider(url: URL, request: RemoteRequest): Promise<ProviderSaid> {
  const { status, body } = await callRemote(url, request, ANSWER_MOST, AbortSignal.timeout(WITHIN_MS)).catch((error: unknown) => {
    throw error instanceof RemoteAway ? new ProviderError('away', error.message, error) : error;
  });
  const said = jsonIn(body);
  if (status >= 500 || status === 429 || said === null) throw new ProviderError('away', `status ${status}`);
  return { status, body: said };
}

function jsonIn(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const said: unknown = JSON.parse(body.toString());
    return said instanceof Object ? (said as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
