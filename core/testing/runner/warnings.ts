import { format } from 'node:util';

const heard: string[] = [];
const expected: RegExp[] = [];

process.on('warning', (warning) => heard.push(`${warning.name}: ${warning.message}`));
for (const level of ['warn', 'error'] as const) {
  const print = console[level].bind(console);
  console[level] = (...args: unknown[]) => {
    const text = format(...args);
    heard.push(`console.${level}: ${text}`);
    if (!expected.some((pattern) => pattern.test(text))) print(...args);
  };
}

/** Says that this test makes somebody warn. Without it a warning fails the test. */
export function expectWarning(pattern: RegExp): void {
  expected.push(pattern);
}

/** What nobody expected since the last call; an expected one that did not come counts too. */
export function takeUnexpectedWarnings(): string[] {
  const all = heard.splice(0);
  const patterns = expected.splice(0);
  const loud = all.filter((text) => !patterns.some((pattern) => pattern.test(text)));
  const silent = patterns.filter((pattern) => !all.some((text) => pattern.test(text)));
  return [...loud, ...silent.map((pattern) => `expected, but nobody said ${String(pattern)}`)];
}
