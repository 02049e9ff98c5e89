// `npm run keys -- lost`: goes on without a lost ENCRYPTION_KEY. What it sealed is replaced; credits, tasks and files are not
// encrypted. Nobody's second factor is left in a state in which they cannot log in.

import { securityNotice } from '#core/domain/mail/mail.ts';
import { rotatedSecrets } from '#core/product/keyring.ts';
import { writeAudit, type Writes } from '#core/store/team/audit.ts';
import { buryLostMails, forgetLostTokens, sealedMails, sealedRows } from '#core/store/database/reseal.ts';
import { replaceLostSecrets, sealedSecrets } from '#core/store/database/secret-versions.ts';
import { turnOffSecondFactor, type SecondFactor } from '#core/store/accounts/second-factors.ts';
import { CommandError } from '../with-database.ts';
import { endAllSessions } from './rotate.ts';
import { isOfLogins, lostFactors } from './status.ts';
import { count, hasMailboxCopy, operatorName, portalUrl, whereTheKeyIs, writeNotice, type Vault } from './vault.ts';

export async function lost(vault: Vault, yes: boolean): Promise<number> {
  const { store, encryptionKeys, config, at, say } = vault;
  const gone = (await sealedSecrets(store.money, encryptionKeys)).filter(({ state }) => state === 'lost').map(({ name }) => name);
  const logins = gone.some(isOfLogins);
  const links = gone.some((name) => /^links( \d+)?$/.test(name));
  const factors = await lostFactors(vault, gone);
  const mails = (await sealedMails(store.money, encryptionKeys)).lost;
  const installs = (await sealedRows(store.money, encryptionKeys, 'installations')).lost;
  if (gone.length + factors.length + mails.length + installs.length === 0) {
    say(`Nothing is lost: every key, second factor, mail and token can be read with ${whereTheKeyIs(config)}.`);
    return 0;
  }

  const inUse = factors.filter((factor) => factor.inUse);
  say(
    `Cannot be read with ${whereTheKeyIs(config)}: ${[...gone, ...(mails.length > 0 ? [count(mails.length, 'mail')] : []), ...(installs.length > 0 ? [`tokens of ${count(installs.length, 'workspace')}`] : [])].join(', ') || 'second factors'}.`,
  );
  say('');
  for (const line of await consequences()) say(`- ${line}`);
  say('');
  if (!yes) {
    say(
      config.encryption === null
        ? 'Nothing was changed. If you have a backup of sandbox-keys.json, put it back instead.'
        : 'Nothing was changed. If you still have the old key, put it behind the new one instead: ENCRYPTION_KEY=new,old',
    );
    say('To go on without it: stop every process of the product, run npm run keys -- lost --yes, and start again.');
    return 0;
  }

  const { rows } = await store.money.query<{ running: number }>(
    {
      text: `SELECT count(*)::int AS running FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'impacter listen'`,
    },
    [],
  );
  // Our own store listens too.
  if (rows[0]!.running > 1 && gone.length > 0)
    throw new CommandError(
      'The product is running, with the key that is lost here. Stop every process first, or copy the key from its settings.',
    );
  if (encryptionKeys.length === 0) throw new CommandError('ENCRYPTION_KEY is not set. Set a new one first: openssl rand -base64 32');
  // Second factors go first: were this cut off in between, the next run would still find all of them.
  const how = { by: operatorName(), act: 'two-factor.lost', endsSessions: false } as const;
  for (const factor of factors) await turnOffSecondFactor(store.money, factor, how, at, (on) => tell(factor, on));
  const sessions = logins ? await endAllSessions(vault) : 0;
  await buryLostMails(store.money, mails);
  await forgetLostTokens(store.money, installs);
  await replaceLostSecrets(store.money, encryptionKeys, rotatedSecrets);
  await writeAudit(store.money, {
    at,
    actor: operatorName(),
    act: 'keys.lost',
    teamId: null,
    subject: null,
    facts: { keys: gone.join(', '), secondFactors: inUse.length, sessions, mails: mails.length, workspaces: installs.length },
  });
  say('Done. Start the product, then run npm run doctor.');
  return 0;

  async function consequences(): Promise<string[]> {
    return [
      ...(logins ? ['Everybody is logged out. Links in mails that were sent keep working.'] : []),
      ...(links ? ['Every download link sent before stops working. The portal and the API show fresh ones.'] : []),
      `Two-factor authentication is turned off for ${count(inUse.length, 'person', 'people')}. Each gets a mail that asks them to set it up again; until then their password alone logs them in.`,
      ...(mails.length > 0 ? [`${count(mails.length, 'mail')} that waited can no longer be sent. The operator’s page lists them.`] : []),
      ...(installs.length > 0 ? [`The app has to be installed again in ${count(installs.length, 'workspace')}.`] : []),
      ...(gone.includes('openclaw device') ? ['An OpenClaw gateway has to approve this product again (openclaw devices approve).'] : []),
      ...(gone.includes('mailboxes') ? [startingCredits[String(await hasMailboxCopy(config)) as keyof typeof startingCredits]] : []),
      'Credits, tasks, files, passwords and API keys are not encrypted with it and stay as they are.',
    ];
  }

  function tell(factor: SecondFactor, on: Writes): Promise<void> {
    return writeNotice(vault, factor, securityNotice(portalUrl(config), { name: factor.name, what: 'two-factor-lost', at }), on);
  }
}

const startingCredits = {
  true: 'Starting credits are not given again: the key that recognises mailboxes is restored from its copy in storage.',
  false:
    'Starting credits: storage has no copy of the key that recognises mailboxes. Nobody who has an account gets them again, but the mailbox of an erased account would. To rule that out, set STARTING_CREDITS=0.',
  null: 'Starting credits: storage cannot be reached, so it is not known whether it has the copy of the key that recognises mailboxes. The next start needs storage.',
};
