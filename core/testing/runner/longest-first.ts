// Files that take long begin first, so that no worker has one of them left when all others are done. How long a file takes is
// only known where it ran before; a clean checkout goes by this list, longest first, then by size.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export const longest = [
  'web/testing/pages.test.ts',
  'core/testing/faults/crash.test.ts',
  'web/server/routes/login-doors.test.ts',
  'core/flows/accounts/strangers.test.ts',
  'web/testing/whole-way.test.ts',
  'web/testing/away.test.ts',
  'web/testing/newcomer.test.ts',
  'web/testing/permissions.test.ts',
  'core/testing/faults/outage.test.ts',
  'web/testing/getting-in.test.ts',
  'core/flows/credits/starting-credits.test.ts',
  'prisma/prisma.test.ts',
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
