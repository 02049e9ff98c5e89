// The product, put together: sandboxes for what is not configured, store, engines, core, and the roles of this process.
// Everything that starts here gives back how it stops, and stops in the opposite order.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Bots } from '#bots/main.ts';
import type { Config } from '#core/contracts/env.ts';
import { addressHere, isLoopbackHost } from '#core/domain/accounts/loopback.ts';
import { asNumber } from '#core/domain/credits/credits.ts';
import { platformsReadHere } from '#core/domain/messages/platforms.ts';
import { createAgents } from '#core/engines/agents.ts';
import { createAuth } from '#core/engines/auth/auth.ts';
import { createQueue } from '#core/engines/bullmq/bullmq.ts';
import { systemClock } from '#core/engines/clock.ts';
import { csvTables } from '#core/engines/csv/csv.ts';
import { createSecurityLog } from '#core/engines/log/security-log.ts';
import { newDeviceKey } from '#core/engines/openclaw/device.ts';
import { createS3, type S3Settings } from '#core/engines/s3.ts';
import { createSes } from '#core/engines/ses/ses.ts';
import { createStripe } from '#core/engines/stripe/stripe.ts';
import { authNews } from '#core/flows/accounts/logins.ts';
import type { App } from '#core/flows/app.ts';
import { checkPayments } from '#core/flows/billing/check-payments.ts';
import { keepPaces } from '#core/flows/credits/paces.ts';
import { mailboxKey } from '#core/flows/mail/mailbox-key.ts';
import { makeApp } from '#core/flows/make-app.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { USUAL_ANSWER_WITHIN_MS } from '#core/flows/runtime/patience.ts';
import { keepRates } from '#core/flows/runtime/rates.ts';
import { learnFrom } from '#core/flows/tasks/learned.ts';
import type { Auth } from '#core/ports/auth.ts';
import { mendAfterRestore } from '#core/store/database/after-restore.ts';
import { migrate } from '#core/store/database/migrate.ts';
import { resealAll } from '#core/store/database/reseal.ts';
import { sharedSecret } from '#core/store/database/secrets.ts';
import { openStore } from '#core/store/database/store.ts';
import { openKeyring } from './keyring.ts';
import { explainLostKey } from './lost-key.ts';
import type { ProductOptions, Timings } from './options.ts';
import { startBotsRole, startWebRole, startWorkerRole } from './roles.ts';
import { installLinks, loginProviders } from './chats.ts';
import { startSandboxes, type Outside } from './sandboxes.ts';

export interface Product {
  readonly core: Core;
  readonly app: App;
  readonly auth: Auth;
  /** Where this process answers HTTP; null when it has no role that does. */
  readonly url: string | null;
  readonly outside: Outside;
  /** Takes nothing new, lets running work end or hands it over, then closes everything. */
  stop(): Promise<void>;
}

const usualTimings: Timings = {
  taskDeadlineMs: 60 * 60_000,
  agentsWaitMs: 10 * 60_000,
  leaseMs: 30_000,
  letterLeaseMs: 30_000,
  paymentLeaseMs: 60_000,
  sweepEveryMs: 5_000,
  lostAfterMs: 15_000,
  retryMs: 1_000,
  answerWithinMs: USUAL_ANSWER_WITHIN_MS,
  leaveAfterMs: 3_000,
};

export async function startProduct(config: Config, options: ProductOptions): Promise<Product> {
  const { log, clock = systemClock } = options;
  if (config.production && options.loginCost) throw new Error('In production logging in costs what it costs: loginCost is for tests.');
  const timings = { ...usualTimings, ...options.timings };
  const worker = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).toReversed()) await end().catch((error: unknown) => log.error({ error }, 'did not stop cleanly'));
  };

  try {
    // Links begin with our address, so a free port is chosen before anything is said, and nobody gets it until we answer there.
    const held = config.http.port === 0 ? await holdFreePort() : null;
    if (held) stops.push(held.letGo);
    const port = held?.port ?? config.http.port;
    const publicUrl = config.http.publicUrl ?? addressHere(config.http.host, port);
    const here = `http://127.0.0.1:${port}`;
    const adapters = config.roles.includes('bots') ? (options.adapters ?? (await import('#bots/adapters.ts')).adapters) : null;
    const outside = await startSandboxes(
      config,
      log,
      adapters && { adapters, settings: options.botSettings, play: options.chatSandboxes ?? false, url: here, publicUrl, clock, log },
      here,
    );
    stops.push(() => outside.stop());
    await migrate(outside.databaseUrl);
    if (await mendAfterRestore(outside.databaseUrl)) log.warn({}, 'database was moved from another server, events renumbered');

    const { databaseUrl, encryptionKeys } = outside;
    const store = await openStore({ databaseUrl, worker, leaseMs: timings.leaseMs, encryptionKeys, log });
    stops.push(() => store.close());
    if (encryptionKeys.length > 1) await resealAll(store.money, encryptionKeys, log);
    const keyring = await openKeyring(store, encryptionKeys, log);
    stops.push(async () => keyring.close());
    const { retryMs, queueLockMs: lockMs } = timings;
    const redisUrl = config.redis?.url ?? null;
    const queue = await createQueue({ name: 'tasks', databaseUrl, redisUrl, retryMs, ...(lockMs !== undefined && { lockMs }), log });
    stops.push(() => queue.close());
    const files = createS3(outside.s3);
    stops.push(async () => files.close());
    const mailer = outside.mail && createSes(outside.mail);
    stops.push(async () => mailer?.close());
    if (mailer === null) log.warn({}, 'mail is off, nobody gets any');
    const payments = outside.stripe && createStripe({ ...outside.stripe, clock, log });
    stops.push(async () => payments?.close());
    const agents =
      options.agents ??
      createAgents({
        ...outside.openclaw,
        token: outside.openclaw.token ?? '',
        deviceKey: await sharedSecret(store.money, outside.encryptionKeys, 'openclaw device', newDeviceKey),
        clock,
        log,
      });
    stops.push(() => agents.close());

    const brandName = config.brand.name;
    const mailboxes = await mailboxKey({ money: store.money, files, log }, encryptionKeys);
    const security = createSecurityLog(log, mailboxes);
    const auth = createAuth({
      store,
      secrets: () => keyring.logins(),
      publicUrl,
      brandName,
      clock,
      log,
      security,
      news: authNews(() => core),
      leakedPasswordsUrl: config.people.leakedPasswordsUrl,
      providers: loginProviders(config, outside.chats.settings, {
        adapters: options.adapters ?? (await import('#bots/adapters.ts')).adapters,
        clock,
      }),
      cost: options.loginCost,
    });

    let spokenOn: Bots | null = null;
    const { platformsFetchedFrom, scopesWanted } = await import('#bots/main.ts');
    const made: Core = {
      store,
      queue,
      files,
      mailer,
      payments,
      agents,
      auth,
      tables: csvTables,
      learned: learnFrom(store.money, clock, log),
      paces: keepPaces(store.credits.usage, clock, log),
      rates: keepRates(store.drawRate, clock, config.people.rateLimitFactor),
      clock,
      log,
      security,
      platforms: () => spokenOn,
      settings: {
        publicUrl,
        hasPortal: options.portal ?? false,
        brandName,
        get linkKeys() {
          return keyring.links();
        },
        selling: sellingWith(config.billing),
        mailboxKey: mailboxes,
        startingCredits: config.people.startingCredits,
        operatorEmails: new Set(config.people.operatorEmails.map((email) => email.toLowerCase())),
        worker,
        readHere: new Set(platformsReadHere()),
        wantedScopes: scopesWanted(options.adapters),
        fetchesFrom: platformsFetchedFrom(options.adapters),
        ...timings,
      },
    };
    const core = options.withCore?.(made) ?? made;
    const app = makeApp(core);

    if (config.roles.includes('worker')) stops.push(await startWorkerRole(core));
    const bots = adapters && (await startBotsRole(core, app, { adapters, settings: outside.chats.settings }));
    if (bots) {
      stops.push(bots.stop);
      spokenOn = bots;
    }
    const { startingCredits } = config.people;
    const operatorEmails = [...core.settings.operatorEmails];
    const filesOrigin = originOf(outside.s3);
    const installs = installLinks(config, outside.chats.settings);
    const portal = options.portal ? { operatorEmails, startingCredits: asNumber(startingCredits.credits), filesOrigin, installs } : null;
    const mounts = [...(bots?.mounts ?? []), ...outside.chats.mounts];
    // Also where nobody calls us: whoever watches over the process asks for its health.
    const listens = config.roles.includes('web') || bots !== null;
    if (listens) await options.beforeListening?.({ core, outside, url: here });
    await held?.letGo();
    const web = listens
      ? await startWebRole(
          core,
          app,
          { ...config.http, port },
          {
            mounts,
            leadsTo: bots?.leadsTo ?? [],
            outside,
            filesOrigin,
            // In production a proxy on the same machine may call us by any name.
            loopbackOnly: !config.production && isLoopbackHost(config.http.host),
            portal,
          },
        )
      : null;
    if (web) {
      stops.push(web.stop);
      await outside.announce(web.url);
      if (config.stripe.kind === 'real') {
        const stopping = new AbortController();
        const checked = checkPayments(core, stopping.signal);
        stops.push(async () => {
          stopping.abort();
          await checked;
        });
      }
    }
    return { core, app, auth, url: web?.url ?? null, outside, stop };
  } catch (error) {
    await stop();
    throw explainLostKey(error, config);
  }
}

/** Where Stripe is the seller, a saved card could not be charged. */
function sellingWith({ currencies, seller, email, managedPayments, tax }: Config['billing']): Core['settings']['selling'] {
  return { currencies, seller, email, savesCards: !managedPayments, topsUp: !managedPayments && !tax };
}

/** Where browsers are sent for a file. */
function originOf({ endpoint, bucket, region }: S3Settings): string {
  return endpoint === undefined ? `https://${bucket}.s3.${region}.amazonaws.com` : new URL(endpoint).origin;
}

async function holdFreePort(): Promise<{ port: number; letGo(): Promise<void> }> {
  const server = createServer((socket) => socket.destroy()).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async letGo() {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
