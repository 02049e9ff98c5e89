// `npm start`: reads the settings, starts the product, says how to use it, and stops it in order.

import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { ConfigError, readConfig, readEnv, type Config } from '#core/contracts/env.ts';
import { createLog } from '#core/engines/log/log.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { welcomeFirstUser, type FirstUser } from './product/first-user.ts';
import { linkSandboxes } from './product/link-sandboxes.ts';
import type { ProductOptions } from './product/options.ts';
import { startProduct, type Product } from './product/product.ts';
import type { Outside } from './product/sandboxes.ts';

const begun = performance.now();
/** Beyond this something hangs; what is committed is safe, so ending is better than hanging. */
const STOP_WITHIN_MS = 25_000;

/** What a start has besides what the product ships. */
export interface MoreToStart {
  readonly adapters?: NonNullable<ProductOptions['adapters']>;
}

if (import.meta.main) await start();

export async function start(more: MoreToStart = {}): Promise<void> {
  try {
    await main(more);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

async function main(more: MoreToStart): Promise<void> {
  const config = readConfig(readEnv(process.env));
  await mkdir(config.dataDir, { recursive: true });
  // A person at a laptop reads a few plain lines; the log goes to a file. In production the log is what is printed.
  const logFile = config.production ? undefined : path.join(config.dataDir, 'impacter.log');
  const log = createLog({ level: config.log.level, ...(logFile !== undefined && { file: logFile }) });
  const say = (line: string) => (config.production ? log.info({}, line) : process.stdout.write(`${line}\n`));

  const stopWanted = stopSignal();
  process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'));
  let firstUser: FirstUser | null = null;
  const product = await startProduct(config, {
    log,
    portal: true,
    chatSandboxes: true,
    ...(more.adapters && { adapters: more.adapters }),
    // Whoever sees that we are ready finds them.
    async beforeListening({ core, outside, url }) {
      if (config.production) return;
      const { databaseUrl } = outside;
      firstUser = await welcomeFirstUser(core, config.dataDir, { url, mailUrl: mailUrl(core, outside), databaseUrl });
      await linkSandboxes(core, outside.chats.linked, firstUser);
    },
  });
  try {
    welcome(config, product, firstUser, say, logFile);
    product.auth.ready().catch((error: unknown) => log.error({ error }, 'logging in could not be made ready'));
    log.info({ roles: config.roles, sandboxes: product.outside.sandboxes, ms: Math.round(performance.now() - begun) }, 'product started');
    const signal = await stopWanted;
    say(`Stopping (${signal}): running tasks are kept, nothing is lost.`);
  } finally {
    setTimeout(() => {
      log.error({}, 'did not stop in time');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    await product.stop();
  }
  say('Stopped.');
}

function welcome(
  config: Config,
  product: Product,
  firstUser: FirstUser | null,
  say: (line: string) => void,
  logFile: string | undefined,
): void {
  const { outside, core, url } = product;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  say(
    `${config.brand.name} is running${url === null ? '' : ` at ${core.settings.publicUrl}`} (${config.roles.join(', ')}; ready in ${seconds} s).`,
  );
  if (outside.sandboxes.length > 0)
    say(`Played by sandboxes: ${outside.sandboxes.join(', ')}. Set their settings to use the real ones (README).`);
  const mails = url === null ? null : mailUrl(core, outside);
  if (mails !== null) say(`Emails are not sent. Read them at ${mails}`);
  if (url !== null && outside.till !== null) say(`Payments move no money. See them at ${pageUrl(core, outside, '/sandbox/stripe')}`);
  if (url !== null) for (const { title, path: page } of outside.chats.pages) say(`${title}: ${pageUrl(core, outside, page)}`);
  if (logFile !== undefined) say(`Log: ${logFile}`);
  if (firstUser === null) return;
  if (firstUser.isNew) say(`A first person was made: ${firstUser.email}, password ${firstUser.password}, with 500 credits.`);
  say('Try it in another terminal:  npm run ask -- "find me 25 leads in Miami"');
}

/** null where mails are really sent. */
function mailUrl({ settings }: Core, { mailbox, pagesToken }: Outside): string | null {
  return mailbox && pagesToken !== null ? pageUrl({ settings }, { pagesToken }, '/sandbox/mail') : null;
}

/** Opens a page of a sandbox. */
function pageUrl({ settings }: Pick<Core, 'settings'>, { pagesToken }: Pick<Outside, 'pagesToken'>, page: string): string {
  return `${settings.publicUrl}${page}?token=${pagesToken}`;
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // A second Ctrl-C means now.
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked && signal === 'SIGINT') process.exit(130);
        asked = true;
        resolve(signal);
      });
    }
  });
}

/** What a person can mend is said in words; anything else is a bug and keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && (error.code === 'postgres.held' || error.code === 'key.lost')) return error.message;
  if (isTaken(error) || isTaken(error.cause))
    return `${error.message}. Stop what uses it, or set PORT to another one (0 takes any that is free).`;
  return error.stack ?? error.message;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
