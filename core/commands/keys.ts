// `npm run keys`: the keys that the product keeps for itself, whether each can be read, and what to do when ENCRYPTION_KEY is
// lost, one of them got out, or a person lost theirs. Whatever cannot be undone is only described until `--yes` is added.

import { isInUse } from '#core/store/database/before-opening.ts';
import { openStore } from '#core/store/database/store.ts';
import { migrate } from '#core/store/database/migrate.ts';
import { lost } from './keys/lost.ts';
import type { Vault } from './keys/vault.ts';
import { encryptionKeysOf } from './keys/vault.ts';
import { resetTwoFactor } from './keys/reset-two-factor.ts';
import { isRotated, rotate } from './keys/rotate.ts';
import { status } from './keys/status.ts';
import { CommandError, runCommand, withDatabase } from './with-database.ts';

const USAGE = `Usage:
  npm run keys                                    shows all keys, and what depends on them
  npm run keys -- rotate links                    signs new links with a new key; links sent before keep working
  npm run keys -- rotate links --revoke --yes     the same, and every link sent before stops working
  npm run keys -- rotate logins                   signs new sessions with a new key; everybody stays logged in
  npm run keys -- rotate logins --revoke --yes    the same, and everybody is logged out
  npm run keys -- lost --yes                      goes on without a lost ENCRYPTION_KEY
  npm run keys -- reset-two-factor <email> --yes  lets somebody in who lost their authenticator and backup codes
Without --yes, the last two commands and --revoke only say what they would do.`;

await runCommand(() =>
  withDatabase(async (databaseUrl, config, log) => {
    const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
    const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
    const [verb = 'status', name = '', ...more] = words;
    const known =
      verb === 'rotate'
        ? isRotated(name)
        : verb === 'reset-two-factor'
          ? name.includes('@')
          : ['status', 'lost'].includes(verb) && name === '';
    const may = verb === 'rotate' ? ['--revoke', '--yes'] : verb === 'status' ? [] : ['--yes'];
    if (!known || more.length > 0 || flags.some((flag) => !may.includes(flag))) throw new CommandError(USAGE);
    const yes = flags.includes('--yes');

    await migrate(databaseUrl);
    // A new key file beside a running product, or where nobody said that the old one is lost, would only hide the loss.
    const mayMake = verb === 'lost' && yes && !(await isInUse(databaseUrl));
    const encryptionKeys = await encryptionKeysOf(config, { mayMake });
    const store = await openStore({ databaseUrl, worker: 'keys', leaseMs: 1_000, encryptionKeys, log });
    const vault: Vault = { store, encryptionKeys, config, at: new Date(), say: (line) => void process.stdout.write(`${line}\n`) };
    try {
      if (verb === 'lost') return await lost(vault, yes);
      if (verb === 'reset-two-factor') return await resetTwoFactor(vault, name, yes);
      if (isRotated(name)) return await rotate(vault, name, { revoke: flags.includes('--revoke'), yes });
      return await status(vault);
    } finally {
      await store.close();
    }
  }),
);
