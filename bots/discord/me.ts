// Who we are in Discord.

import { z } from 'zod';
import { DiscordNo, type Call } from './api/call.ts';
import { TOKEN_REFUSED } from './gateway/close-codes.ts';

const ASK_MS = 5_000;

/** Our own user's id, asked for until it is known. Rejects as calls do, and where the token is wrong, with what an operator has to do. */
export function askMe(call: Call): () => Promise<string> {
  let known: Promise<string> | null = null;
  return () => {
    const asked = (known ??= ask(call));
    asked.catch(() => {
      if (known === asked) known = null;
    });
    return asked;
  };
}

async function ask(call: Call): Promise<string> {
  try {
    return meSchema.parse(await call({ method: 'GET', path: '/users/@me' }, AbortSignal.timeout(ASK_MS))).id;
  } catch (error) {
    if (!(error instanceof DiscordNo) || error.status !== 401) throw error;
    throw new TokenRefused(TOKEN_REFUSED, { cause: error });
  }
}

export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const meSchema = z.object({ id: z.string().regex(/^\d{17,20}$/) });
