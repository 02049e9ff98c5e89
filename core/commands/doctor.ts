// `npm run doctor`: looks at everything the product needs, whether it runs or not and whatever its settings are, and says
// in one line each how it is. A line that is not fine ends with what mends it. Nothing is mended here, no secret is printed.

import { checks } from './doctor/checks.ts';
import { because, type Check, type Finding, type Patient } from './doctor/finding.ts';
import { admit } from './doctor/patient.ts';
import { withoutSecrets } from './doctor/secrets.ts';
import { runCommand } from './with-database.ts';

const CHECK_WITHIN_MS = 20_000;

// Whoever reads us may have had enough; what we started is stopped nevertheless.
process.stdout.on('error', () => undefined);

await runCommand(async () => {
  const patient = await admit(process.env);
  const count = { ok: 0, warning: 0, failing: 0 };
  const show = (name: string, finding: Finding) => {
    count[finding.state]++;
    const mend = finding.state === 'ok' ? '' : ` → ${finding.mend}`;
    process.stdout.write(`${finding.state.padEnd(8)} ${name.padEnd(12)} ${withoutSecrets(patient.given, `${finding.words}${mend}`)}\n`);
  };
  try {
    for (const check of checks) for (const finding of await examine(check, patient)) show(check.name, finding);
  } finally {
    await patient.leave();
  }
  process.stdout.write(`\n${count.failing} failing, ${count.warning} to look at, ${count.ok} ok\n`);
  return count.failing > 0 ? 1 : 0;
});

async function examine(check: Check, patient: Patient): Promise<readonly Finding[]> {
  const broken = patient.problems.find(({ name }) => check.reads?.test(name));
  if (broken) return [{ state: 'warning', words: 'was not looked at', mend: `set ${broken.name} first` }];
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_WITHIN_MS / 1000} s`)), CHECK_WITHIN_MS);
  try {
    return [await Promise.race([check.look(patient), late])].flat();
  } catch (error) {
    return [{ state: 'failing', words: because(error), mend: check.mend }];
  } finally {
    clearTimeout(timer);
  }
}
