// What a process does, by role. Roles share no memory: they meet in PostgreSQL and the queue.

import type { Adapter, Context } from '#bots/adapter.ts';
import type { Bots } from '#bots/main.ts';
import type { App } from '#core/flows/app.ts';
import { watchBalances } from '#core/flows/billing/alerts.ts';
import { reconcilePayments } from '#core/flows/billing/reconcile.ts';
import { runTopUps } from '#core/flows/billing/run-top-ups.ts';
import { takeNews } from '#core/flows/billing/take-news.ts';
import { deliverMails } from '#core/flows/mail/mail.ts';
import { fetchInputs } from '#core/flows/files/fetch-inputs.ts';
import { deliver } from '#core/flows/messages/deliver.ts';
import { showDecisions } from '#core/flows/messages/show-decisions.ts';
import { showWork } from '#core/flows/messages/show-work.ts';
import { watchPlatforms } from '#core/flows/operator/platforms.ts';
import { relay, upkeep } from '#core/flows/operator/upkeep.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import { dispatch } from '#core/flows/tasks/dispatch.ts';
import { watchRunning } from '#core/flows/tasks/running.ts';
import type { Mount, SandboxPage } from '#core/ports/mount.ts';
import type { PortalSettings } from '#web/server/portal.ts';
import type { Outside } from './sandboxes.ts';
import { sharedBy } from './shared.ts';

/** Agents take seconds to minutes, and waiting for them costs little: this many tasks at a time in one process. */
const TASKS_AT_ONCE = 50;
const WEB_GRACE_MS = 3_000;

/** Hands tasks to agents, sends mails, takes news of payments and compares them, tops up and tells of low credits, and looks after what was left lying. */
export async function startWorkerRole(core: Core): Promise<() => Promise<void>> {
  const running = watchRunning(core);
  const working = await core.queue
    .work((job, leave) => dispatch(core, running, job, leave), { concurrency: TASKS_AT_ONCE })
    .catch((error: unknown) => {
      running.close();
      throw error;
    });
  const stopping = new AbortController();
  const loops = [
    relay(core, stopping.signal),
    upkeep(core, stopping.signal),
    deliverMails(core, stopping.signal),
    takeNews(core, stopping.signal),
    reconcilePayments(core, stopping.signal),
    runTopUps(core, stopping.signal),
    watchBalances(core, stopping.signal),
  ];
  return async () => {
    stopping.abort();
    // What has not ended by then is left as it stands: its agent keeps working, and whoever has the attempt next picks it up.
    const { leaveAfterMs } = core.settings;
    const leaving = setTimeout(() => void core.agents.close(), leaveAfterMs);
    await working.stop(leaveAfterMs * 2);
    clearTimeout(leaving);
    running.close();
    await Promise.all(loops);
  };
}

/** Speaks on the platforms, delivers letters there, and shows work while it goes on. */
export async function startBotsRole(
  core: Core,
  app: Context<unknown>['app'],
  { adapters, settings }: { adapters: readonly Adapter[]; settings: Outside['chats']['settings'] },
): Promise<Bots> {
  const { startBots } = await import('#bots/main.ts');
  const { publicUrl, brandName } = core.settings;
  const bots = await startBots({ app, log: core.log, clock: core.clock, publicUrl, brandName, ...sharedBy(core) }, settings, adapters);
  const stopping = new AbortController();
  const loops = [
    deliver(core, bots.posters, stopping.signal),
    showWork(core, bots.showers, stopping.signal),
    showDecisions(core, bots.showers, stopping.signal),
    fetchInputs(core, bots.fetchers, stopping.signal),
    watchPlatforms(core, bots, stopping.signal),
  ];
  return {
    ...bots,
    async stop() {
      await bots.stop();
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** What the portal is told besides. */
type PortalNeeds = Pick<PortalSettings, 'operatorEmails' | 'startingCredits' | 'filesOrigin' | 'installs'>;

interface WebNeeds {
  readonly mounts: readonly Mount[];
  /** Origins that the mounts send browsers to. */
  readonly leadsTo: readonly string[];
  readonly outside: Pick<Outside, 'mailbox' | 'till' | 'chats' | 'pagesToken'>;
  readonly loopbackOnly: boolean;
  /** Where downloads lead to. */
  readonly filesOrigin: string;
  readonly portal: PortalNeeds | null;
}

/** Answers HTTP: the API, downloads, health, the portal, and what platforms call us on. */
export async function startWebRole(
  core: Core,
  app: App,
  http: { host: string; port: number; trustProxy: number; metricsToken: string | null; securityContacts: readonly string[] },
  { mounts, leadsTo, outside, loopbackOnly, filesOrigin, portal }: WebNeeds,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { createWeb } = await import('#web/server/web.ts');
  const { mailboxPages } = await import('#web/server/sandbox/mailbox.ts');
  const { tillPages } = await import('#web/server/sandbox/till.ts');
  const { openPortal } = await import('#web/server/portal.ts');
  const { log, auth, security } = core;
  const paymentOrigins = core.payments?.origins ?? [];
  const { publicUrl, brandName } = core.settings;
  const { mailbox, till, chats, pagesToken } = outside;
  const sandboxPages: SandboxPage[] = [
    ...(mailbox ? [{ title: 'Mails', path: '/sandbox/mail' } as const] : []),
    ...(till ? [{ title: 'Payments', path: '/sandbox/stripe' } as const] : []),
    ...chats.pages,
  ];
  const common = { app, auth, log, security, publicUrl, brandName, sandboxPages };
  const web = createWeb({
    ...common,
    ...(portal && {
      portal: await openPortal({ ...common, ...portal, paymentOrigins, loginOrigins: auth.leadsTo, now: () => core.clock.now() }),
    }),
    mounts: [...mounts, ...(mailbox ? mailboxPages({ ...mailbox, brandName }) : []), ...(till ? tillPages({ ...till, brandName }) : [])],
    leadsTo: [filesOrigin, ...paymentOrigins, ...auth.leadsTo, ...leadsTo],
    ...(pagesToken !== null && { sandboxToken: pagesToken }),
    loopbackOnly,
    trustProxy: http.trustProxy,
    securityContacts: http.securityContacts,
    ...(http.metricsToken !== null && { metricsToken: http.metricsToken }),
    nowMs: () => core.clock.now().getTime(),
  });
  const running = await web.start(http.port, http.host);
  return { url: running.url, stop: () => running.stop(WEB_GRACE_MS) };
}
