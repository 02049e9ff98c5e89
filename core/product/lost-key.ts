// What is said where a key is gone that the secrets of the database were sealed with. No new one is made before an operator
// decides to go on without it: beside a new key file nobody would look for the old one.

import path from 'node:path';
import type { Config } from '#core/contracts/env.ts';
import { holdsSecrets } from '#core/store/database/before-opening.ts';
import { LostSecretError } from '#core/store/database/secrets.ts';
import { readSandboxKeys } from './sandbox-keys.ts';

type Where = Pick<Config, 'encryption' | 'dataDir'>;

/** A person can act on its message, so it is printed without a stack. */
export class LostKeyError extends Error {
  readonly code = 'key.lost';
}

export function lostKeyWords({ encryption, dataDir }: Where): string {
  const file = path.join(dataDir, 'sandbox-keys.json');
  const [what, wayBack] =
    encryption !== null
      ? ['ENCRYPTION_KEY does not hold it', 'Put the old key back, behind the new one and a comma: ENCRYPTION_KEY=new,old']
      : [
          `${file} is missing or is a different one`,
          'Put sandbox-keys.json back from a backup, or set ENCRYPTION_KEY if it was set before.',
        ];
  return [
    `The key that secrets in the database were encrypted with is gone: ${what}.`,
    wayBack,
    'If there is no copy of it, run: npm run keys -- lost',
  ].join('\n');
}

/** Names what can be done about it; any other error stays as it is. */
export function explainLostKey(error: unknown, where: Where): unknown {
  return error instanceof LostSecretError ? new LostKeyError(lostKeyWords(where), { cause: error }) : error;
}

/** Before a laptop makes keys of its own: rejects where its database was used with others. */
export async function mustNotReplaceKeys(databaseUrl: string, where: Where): Promise<void> {
  if (where.encryption === null && (await readSandboxKeys(where.dataDir)) === null && (await holdsSecrets(databaseUrl)))
    throw new LostKeyError(lostKeyWords(where));
}
