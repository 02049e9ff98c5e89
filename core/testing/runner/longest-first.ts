// Files that take long begin first, so that no worker has one of them left when all others are done. How long a file takes is
// only known where it ran before; a clean checkout goes by this list, longest first, then by size.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const longest = [
  // In a browser, and of whole processes.
  'web/testing/pages.test.ts',
  'core/testing/faults/crash.test.ts',
  'core/sandbox/postgres/killed.test.ts',
  'web/testing/newcomer.test.ts',
  'web/testing/away.test.ts',
  'web/testing/getting-in.test.ts',
  'web/testing/whole-way.test.ts',
  'web/testing/pages/sandbox-browser.test.ts',
  'web/testing/pages/approval-browser.test.ts',
  'core/launch/launch.test.ts',
  'web/testing/pages/team-browser.test.ts',
  'web/testing/live.test.ts',
  'core/testing/faults/killed.test.ts',
  'core/testing/faults/outage.test.ts',

  // On a database.
  'prisma/prisma.test.ts',
  'core/flows/messages/show-work.test.ts',
  'web/server/requests/database-trouble.test.ts',
  'core/commands/keys.test.ts',
  'core/commands/doctor.test.ts',
  'bots/terminal/ask.test.ts',
  'web/testing/permissions.test.ts',
  'web/testing/bodies.test.ts',
  'web/server/routes/login-doors.test.ts',
  'core/flows/accounts/strangers.test.ts',
  'web/testing/hostile.test.ts',
  'core/engines/s3.test.ts',
  'core/commands/lost-key.test.ts',
  'web/server/routes/api.test.ts',
  'core/flows/operator/upkeep.test.ts',
  'core/commands/reset-two-factor.test.ts',
  'web/testing/odd-requests.test.ts',
  'core/flows/messages/routes.test.ts',
  'web/server/routes/uploads.test.ts',
  'core/engines/openclaw/recovery.test.ts',
  'core/flows/credits/starting-credits.test.ts',
  'core/flows/messages/deliver.test.ts',
  'core/flows/team/invitations.test.ts',
  'core/flows/chats/chats-properties.test.ts',
  'core/flows/files/fetch-inputs.test.ts',
  'core/flows/privacy/zip.test.ts',
  'core/flows/privacy/export-team.test.ts',
  'bots/testing/board/contract.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = longest.findIndex((name) => moduleId.endsWith(`/${name}`));
  return at < 0 ? longest.length : at;
}
