// Whatever outside service is not configured is played by a sandbox on loopback. The product then meets it as it would
// meet the real one: by an address, through the real client.

import { createHmac } from 'node:crypto';
import path from 'node:path';
import type { Config } from '#core/contracts/env.ts';
import { NEWS_PATH } from '#core/domain/billing/payments-check.ts';
import type { Log } from '#core/ports/log.ts';
import type { S3Settings } from '#core/engines/s3.ts';
import type { SesSettings } from '#core/engines/ses/ses.ts';
import type { StripeSettings } from '#core/engines/stripe/stripe.ts';
import { noChats, openChats, type ChatNeeds, type Chats } from './chats.ts';
import { mustNotReplaceKeys } from './lost-key.ts';
import { sandboxKeys } from './sandbox-keys.ts';
import { stripeCatalog } from './stripe-catalog.ts';

export interface Outside {
  readonly databaseUrl: string;
  readonly s3: S3Settings;
  readonly openclaw: {
    readonly url: string;
    readonly token: string | null;
    readonly driver: 'gateway' | 'spawn';
    /** Set when the agents' files are on our own disk. */ readonly workspaceRoot?: string;
  };
  /** null: mail is off. */
  readonly mail: SesSettings | null;
  /** null: nothing is sold. */
  readonly stripe: Omit<StripeSettings, 'clock' | 'log'> | null;
  /** Where the sandbox tells of the mails it took, and what it wants to see first. */
  readonly mailbox: { readonly url: string; readonly token: string } | null;
  /** The same of payments. */
  readonly till: { readonly url: string; readonly token: string } | null;
  readonly chats: Pick<Chats, 'settings' | 'mounts' | 'pages' | 'linked'>;
  /** Opens the pages of sandboxes in a browser; null where there can be none. The same at each start in this folder. */
  readonly pagesToken: string | null;
  readonly encryptionKeys: readonly string[];
  /** Which services are sandboxes: postgres, s3, openclaw, mail, stripe, and chats by the word of their platform. */
  readonly sandboxes: readonly string[];
  /** Tells a second start in the same folder where we are. */
  announce(url: string): Promise<void>;
  stop(): Promise<void>;
}

const BUCKET = 'impacter';
const REGION = 'us-east-1';
/** No mail can go there, or come from there. */
const SANDBOX_FROM = 'hello@sandbox.example';

/** `chatNeeds` is null for a process that speaks on no platform. `here` is where this process will answer HTTP on this machine. */
export async function startSandboxes(config: Config, log: Log, chatNeeds: ChatNeeds | null, here: string): Promise<Outside> {
  const { dataDir } = config;
  const running: { name: string; stop(): Promise<void> }[] = [];
  let announce = async (_url: string) => {};
  const stop = async () => {
    // The database goes last: whatever stops before it may still have something to write.
    for (const { stop: end } of running.toReversed()) await end();
  };

  try {
    // The database goes first, because it also keeps a second start out of the folder.
    const databaseUrl = config.database.kind === 'real' ? config.database.url : await embeddedPostgres();
    if (!config.production) await mustNotReplaceKeys(databaseUrl, config);
    const keys = config.production ? null : await sandboxKeys(dataDir);
    const [s3, openclaw, { mail, mailbox }, { stripe, till }, chats] = await Promise.all([
      config.files.kind === 'real' ? realS3(config.files) : sandboxS3(),
      config.openclaw.kind === 'real' ? config.openclaw : sandboxOpenClaw(),
      config.mail.kind === 'sandbox' ? sandboxMail() : { mail: realSes(config), mailbox: null },
      config.stripe.kind === 'sandbox' ? sandboxStripe() : { stripe: realStripe(config), till: null },
      chatNeeds === null ? noChats : chatSandboxes(chatNeeds),
    ]);
    return {
      databaseUrl,
      s3,
      openclaw,
      mail,
      mailbox,
      stripe,
      till,
      chats,
      pagesToken: keys && createHmac('sha256', keys.s3SecretAccessKey).update('pages of sandboxes').digest('base64url'),
      encryptionKeys: config.encryption?.keys ?? [keys!.encryptionKey],
      sandboxes: running.map(({ name }) => name),
      announce: (url) => announce(url),
      stop,
    };

    async function embeddedPostgres(): Promise<string> {
      const { startPostgres } = await import('#core/sandbox/postgres/postgres.ts');
      const postgres = await startPostgres({ dataDir, log });
      announce = postgres.announce;
      running.push({ name: 'postgres', stop: postgres.stop });
      return postgres.url;
    }

    async function sandboxS3(): Promise<S3Settings> {
      const { startS3Sandbox } = await import('#core/sandbox/s3/server.ts');
      const credentials = { accessKeyId: keys!.s3AccessKeyId, secretAccessKey: keys!.s3SecretAccessKey };
      const sandbox = await startS3Sandbox({ dir: path.join(dataDir, 's3'), bucket: BUCKET, ...credentials, log });
      running.push({ name: 's3', stop: sandbox.stop });
      return { bucket: BUCKET, region: REGION, endpoint: sandbox.url, credentials };
    }

    /** One pair of keys opens both, as it does at AWS. */
    async function sandboxMail(): Promise<Pick<Outside, 'mail' | 'mailbox'>> {
      const { startMailSandbox } = await import('#core/sandbox/mail/server.ts');
      const credentials = { accessKeyId: keys!.s3AccessKeyId, secretAccessKey: keys!.s3SecretAccessKey };
      const sandbox = await startMailSandbox({
        dir: path.join(dataDir, 'mail'),
        region: REGION,
        identities: [SANDBOX_FROM],
        ...credentials,
        log,
      });
      running.push({ name: 'mail', stop: sandbox.stop });
      return {
        mail: { from: SANDBOX_FROM, name: config.brand.name, region: REGION, endpoint: sandbox.url, credentials },
        mailbox: { url: sandbox.url, token: credentials.secretAccessKey },
      };
    }

    /** Its secrets come from a key that older folders have too. */
    async function sandboxStripe(): Promise<Pick<Outside, 'stripe' | 'till'>> {
      const { startStripeSandbox } = await import('#core/sandbox/stripe/server.ts');
      const secret = (of: string) => createHmac('sha256', keys!.s3SecretAccessKey).update(`stripe ${of}`).digest('hex');
      const secretKey = `sk_test_${secret('key')}`;
      const webhookSecret = `whsec_${secret('webhook')}`;
      const controlToken = secret('control');
      const sandbox = await startStripeSandbox({
        dir: path.join(dataDir, 'stripe'),
        secretKey,
        webhookSecret,
        controlToken,
        newsUrl: config.roles.includes('web') ? here + NEWS_PATH : null,
        catalog: stripeCatalog(),
        brandName: config.brand.name,
        log,
      });
      running.push({ name: 'stripe', stop: sandbox.stop });
      return {
        stripe: { ...sold(config), secretKey, webhookSecrets: [webhookSecret], apiUrl: sandbox.url, checkoutOrigin: null },
        till: { url: sandbox.url, token: controlToken },
      };
    }

    async function chatSandboxes(needs: ChatNeeds): Promise<Chats> {
      const chats = await openChats(config, needs);
      running.push(...chats.sandboxes.map(({ platform, stop: end }) => ({ name: platform, stop: end })));
      return chats;
    }

    async function sandboxOpenClaw(): Promise<Outside['openclaw']> {
      const { startOpenClawSandbox } = await import('#core/sandbox/openclaw/gateway.ts');
      const sandbox = await startOpenClawSandbox({
        token: keys!.openclawToken,
        dataDir: path.join(dataDir, 'openclaw'),
      });
      running.push({ name: 'openclaw', stop: sandbox.stop });
      return { url: sandbox.url, token: keys!.openclawToken, driver: 'gateway', workspaceRoot: sandbox.workspaceRoot };
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

// The SDK writes into the credentials it is given, so it gets a copy of the frozen ones.
export function realS3({ bucket, endpoint, aws }: Extract<Config['files'], { kind: 'real' }>): S3Settings {
  return {
    bucket,
    region: aws.region,
    ...(endpoint !== null && { endpoint }),
    ...(aws.credentials !== null && { credentials: { ...aws.credentials } }),
  };
}

/** null where mail is off, or a sandbox. */
export function realSes({ mail, brand }: Config): SesSettings | null {
  if (mail.kind !== 'real') return null;
  const { from, endpoint, aws } = mail;
  return {
    from,
    name: brand.name,
    region: aws.region,
    ...(endpoint !== null && { endpoint }),
    ...(aws.credentials !== null && { credentials: { ...aws.credentials } }),
  };
}

/** null where nothing is sold, or a sandbox plays it. */
export function realStripe(config: Config): Outside['stripe'] {
  const { stripe, billing } = config;
  if (stripe.kind !== 'real') return null;
  const { secretKey, webhookSecrets, apiUrl } = stripe;
  return { ...sold(config), secretKey, webhookSecrets, apiUrl, checkoutOrigin: billing.checkoutOrigin };
}

/** How credits are sold, whoever plays Stripe. */
function sold({ billing: { tax, promotionCodes, managedPayments } }: Config) {
  return { tax, promotionCodes, managedPayments };
}
