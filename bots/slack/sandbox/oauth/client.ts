import { SlackNo } from '../no.ts';
import type { Client } from './grants.ts';

/** An app calls as itself, with its id and secret: `basic` is what came in the Authorization header. Throws SlackNo. */
export function mustBeTheApp(client: Client, args: Readonly<Record<string, unknown>>, basic: string | undefined): void {
  const { client_id, client_secret } = args;
  const [id, secret] =
    basic === undefined ? [client_id, client_secret] : Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
  if (id !== client.id) throw new SlackNo('invalid_client_id');
  if (secret !== client.secret) throw new SlackNo('bad_client_secret');
}
