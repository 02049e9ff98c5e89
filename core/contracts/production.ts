// What production refuses although it could be read: addresses without encryption and secrets that can be guessed.

import { plainAddresses, plainProblem } from './plain-addresses.ts';
import { settings } from './settings.ts';
import { judgedSecrets, weakness } from './weak-secrets.ts';
import type { GivenSettings, Problem } from './config-problem.ts';

/** Values that cannot even be read have their problem already. */
export function unsafe(given: GivenSettings, before: readonly Problem[]): Problem[] {
  const problems: Problem[] = [];
  const readable = <Name extends keyof GivenSettings>(name: Name) =>
    before.some((problem) => problem.name === name) ? undefined : given[name];
  for (const name of Object.keys(plainAddresses) as (keyof typeof plainAddresses)[]) {
    const text = readable(name);
    const problem = text === undefined ? null : plainProblem(name, text);
    if (problem !== null) problems.push({ name, problem });
  }
  for (const name of judgedSecrets) {
    const text = readable(name);
    const problem = text === undefined ? null : weakness(name, text, settings[name].example);
    if (problem !== null && !problems.some((each) => each.name === name)) problems.push({ name, problem });
  }
  return problems;
}
