// How Slack proves that it is Slack: v0 signatures over the time and the bytes.

import { createHmac } from 'node:crypto';

export function signedHeaders(secret: string, body: string, timestampS: number): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`v0:${timestampS}:${body}`).digest('hex');
  return { 'X-Slack-Request-Timestamp': String(timestampS), 'X-Slack-Signature': `v0=${signature}` };
}
