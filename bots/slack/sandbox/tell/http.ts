// How the app is told over HTTP: signed, within three seconds, and without following redirects.

import type { SandboxClock } from '#bots/stand-in/clock.ts';
import type { Hook } from './hook.ts';
import { signedHeaders } from './sign.ts';

export interface Outcome {
  /** null where nothing was answered within three seconds. */
  readonly status: number | null;
  readonly body: string;
  /** Slack's word for what went wrong; null where it was confirmed. */
  readonly failed: string | null;
  /** The app does not want it again. */
  readonly isLast: boolean;
}

export interface Sent {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const answerMs = 3000;

export const unreached: Outcome = { status: null, body: '', failed: 'connection_failed', isLast: false };

export async function postTo(
  { url, secret, skewS }: Hook,
  { type, body, headers = {} }: Sent,
  { clock, secrets, stopping }: { readonly clock: SandboxClock; readonly secrets: readonly string[]; readonly stopping: AbortSignal },
): Promise<Outcome> {
  if (url === null) return unreached;
  const signed = signedHeaders(secret ?? secrets[0]!, body, Math.floor(clock.now().getTime() / 1000) + skewS);
  const deadline = AbortSignal.timeout(answerMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'Content-Type': type, 'User-Agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', ...signed, ...headers },
      body,
      signal: AbortSignal.any([stopping, deadline]),
    });
    const { status } = response;
    const isTaken = status >= 200 && status < 300;
    const isLast = response.headers.get('X-Slack-No-Retry') === '1';
    return { status, body: await response.text(), failed: isTaken ? null : 'http_error', isLast };
  } catch {
    return deadline.aborted ? { ...unreached, failed: 'http_timeout' } : unreached;
  }
}
