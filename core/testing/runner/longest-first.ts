// In which order test files begin. Those that take long begin first, so that no worker has one of them left when all others are
// done; and those that keep several processes busy are spread among those that wait, so that they are not all at it at once. How
// long a file takes is only known where it ran before; a clean checkout goes by these seconds, and for the rest by size.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

type Seconds = Readonly<Record<string, number>>;

/** In a browser, and of whole processes. */
const busy: Seconds = {
  'web/testing/pages.test.ts': 51,
  'core/testing/faults/crash.test.ts': 43,
  'core/sandbox/postgres/killed.test.ts': 40,
  'web/testing/newcomer.test.ts': 30,
  'web/testing/away.test.ts': 30,
  'core/testing/faults/discord-killed.test.ts': 25,
  'core/testing/faults/payments-killed.test.ts': 20,
  'core/launch/launch.test.ts': 19,
  'core/testing/faults/slack-killed.test.ts': 16,
  'core/testing/faults/killed.test.ts': 15,
  'web/testing/whole-way.test.ts': 15,
  'web/testing/pages/approval-browser.test.ts': 13,
  'web/testing/pages/sandbox-browser.test.ts': 12,
  'web/testing/getting-in.test.ts': 10,
  'web/testing/pages/custody-browser.test.ts': 10,
  'core/testing/faults/purchase-killed.test.ts': 9,
  'web/testing/live.test.ts': 9,
  'web/testing/pages/team-browser.test.ts': 8,
  'core/testing/faults/outage.test.ts': 7,
  'core/sandbox/postgres/postgres.test.ts': 6,
  'web/testing/pages/till-browser.test.ts': 5,
  'web/testing/pages/credits-browser.test.ts': 4,
};

/** On a database: they wait for it, for what is answered evenly, and for what happens later. */
const waiting: Seconds = {
  'web/testing/permissions.test.ts': 50,
  'web/testing/bodies.test.ts': 33,
  'core/flows/messages/show-work.test.ts': 31,
  'bots/discord/one-answer.test.ts': 31,
  'prisma/prisma.test.ts': 26,
  'bots/slack/said/said.test.ts': 26,
  'web/server/requests/database-trouble.test.ts': 25,
  'web/server/routes/login-doors.test.ts': 20,
  'web/testing/odd-requests.test.ts': 20,
  'core/commands/keys.test.ts': 19,
  'core/flows/accounts/strangers.test.ts': 19,
  'web/testing/hostile.test.ts': 18,
  'core/commands/lost-key.test.ts': 17,
  'web/server/routes/api.test.ts': 16,
  'core/commands/doctor.test.ts': 15,
  'bots/terminal/ask.test.ts': 15,
  'bots/discord/contract.test.ts': 15,
  'core/flows/operator/upkeep.test.ts': 14,
  'core/engines/openclaw/recovery.test.ts': 13,
  'core/flows/team/invitations.test.ts': 13,
  'bots/discord/out/limits.test.ts': 12,
  'core/flows/billing/run-top-ups.test.ts': 12,
  'bots/testing/board/contract.test.ts': 12,
  'core/flows/privacy/export-team.test.ts': 12,
  'bots/discord/gateway/gateway.test.ts': 11,
  'web/server/routes/uploads.test.ts': 11,
  'core/flows/messages/routes.test.ts': 11,
  'bots/discord/acts/answering.test.ts': 10,
  'bots/slack/contract.test.ts': 10,
  'web/testing/buyer.test.ts': 10,
  'core/flows/files/fetch-inputs.test.ts': 10,
  'core/flows/mail/mail.test.ts': 10,
  'core/engines/s3.test.ts': 9,
  'core/engines/bullmq/bullmq.test.ts': 9,
  'core/flows/privacy/erase.test.ts': 9,
  'bots/discord/sandbox/sdk.test.ts': 9,
  'bots/discord/gateway/holder.test.ts': 9,
  'core/flows/chats/chats-properties.test.ts': 9,
  'core/flows/files/links-end.test.ts': 8,
  'core/flows/billing/reconcile.test.ts': 8,
  'core/engines/openclaw/files/foreign-files.test.ts': 8,
  'core/flows/tasks/dispatch.test.ts': 7,
  'web/testing/pages/team-pages.test.ts': 7,
  'web/testing/pages/custody-pages.test.ts': 7,
  'core/flows/credits/starting-credits.test.ts': 7,
  'core/flows/runtime/rates.test.ts': 7,
  'core/flows/privacy/zip.test.ts': 7,
  'bots/slack/one-answer.test.ts': 7,
  'core/flows/accounts/login-cost.test.ts': 7,
  'bots/slack/acts/acts.test.ts': 6,
  'core/flows/messages/deliver.test.ts': 6,
  'core/flows/accounts/accounts.test.ts': 6,
  'web/testing/pages/approval-pages.test.ts': 6,
  'core/engines/bullmq/postgres.test.ts': 5,
  'core/contracts/production.test.ts': 5,
  'core/flows/approvals/approve-properties.test.ts': 5,
  'core/flows/billing/take-news.test.ts': 5,
  'web/testing/pages/confirm-pages.test.ts': 5,
  'bots/slack/must-be-seen.test.ts': 5,
  'bots/terminal/approval.test.ts': 5,
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

const first = spread(Object.entries(busy), Object.entries(waiting));

function rank({ moduleId }: TestSpecification): number {
  const at = first.findIndex((name) => moduleId.endsWith(`/${name}`));
  return at < 0 ? first.length : at;
}

/** Both lists in their order, each of them at every place as far as the other, by seconds. */
function spread(...lists: [string, number][][]): string[] {
  return lists
    .flatMap((list) => {
      const all = list.reduce((sum, [, seconds]) => sum + seconds, 0);
      let before = 0;
      return list.map(([name, seconds]) => {
        const part = before / all;
        before += seconds;
        return { name, part };
      });
    })
    .toSorted((a, b) => a.part - b.part)
    .map(({ name }) => name);
}
