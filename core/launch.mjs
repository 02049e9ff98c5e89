// What `npm start`, `npm test` and all other commands run first: plain JavaScript for whatever Node is there (18 or newer).
// It installs what is missing, then goes on under the Node 24 that npm brought along. When nothing is missing it only hands over.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { leave, run } from './launch/child.mjs';
import { generateIfStale } from './launch/generate.mjs';
import { installIfStale } from './launch/install.mjs';
import { findNode, program } from './launch/node.mjs';
import { buildPortalIfStale, portalIsStale } from './launch/portal.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

// Prose keeps the lines that its author gave it.
const formatting = ['--config', '.ci/oxfmt.json', '.', '!**/*.md', '!package-lock.json'];

// What each verb runs, one after the other. `talks`: it may read from the terminal. `portal`: it needs the portal built.
const verbs = {
  start: { runs: [['core/main.ts']], portal: true },
  board: { runs: [['bots/testing/board/start.ts']], portal: true },
  build: { runs: [], portal: true },
  ask: { runs: [['bots/terminal/ask.ts']], talks: true, portal: true },
  grant: { runs: [['core/commands/grant.ts']] },
  keys: { runs: [['core/commands/keys.ts']] },
  'ledger:verify': { runs: [['core/commands/ledger-verify.ts']] },
  stripe: { runs: [['core/commands/stripe.ts']] },
  doctor: { runs: [['core/commands/doctor.ts']] },
  bench: { runs: [['core/bench/main.ts']], portal: true },
  gallery: { runs: [['bots/gallery.ts']] },
  pictures: {
    runs: [['vitest', 'run', '--config', 'web/testing/by-hand.config.ts', 'web/testing/pictures.ts']],
    tools: true,
    portal: true,
  },
  lighthouse: {
    runs: [['vitest', 'run', '--config', 'web/testing/by-hand.config.ts', 'web/testing/lighthouse.ts']],
    tools: true,
    portal: true,
  },
  test: { runs: [['vitest', 'run', '--config', 'core/testing/runner/vitest.config.ts']], talks: true, tools: true, portal: true },
  check: {
    runs: [
      ['tsc', '-p', '.'],
      ['tsc', '-p', 'web/app'],
      ['oxlint', '--config', '.ci/oxlint.json', '--type-aware'],
      ['oxfmt', ...formatting, '--check'],
    ],
    tools: true,
  },
  format: { runs: [['oxfmt', ...formatting]], tools: true },
  prisma: { runs: [['prisma/run.ts']], talks: true, tools: true },
};

const [name, ...args] = process.argv.slice(2);
const verb = verbs[name];
if (!verb) {
  console.error(`There is no command "${name ?? ''}". There are: ${Object.keys(verbs).join(', ')}.`);
  process.exit(2);
}

// What builds the portal is needed nowhere else: in production it is brought only where the portal is not built yet.
const withTools = verb.tools || process.env.NODE_ENV !== 'production' || (verb.portal && portalIsStale(root));
await installIfStale(root, { withTools });
const node = findNode(root);
const env = {
  ...process.env,
  // Programs that are started further down find the same Node.
  PATH: [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter),
  INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
  // What is compiled is kept, which halves every later start. Where nothing can be written there, nothing is kept.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(root, 'node_modules/.cache/node'),
};
await generateIfStale(root, { node, env });
if (verb.portal) await buildPortalIfStale(root, { node, env });

let failed = 0;
for (const [first, ...rest] of verb.runs) {
  const { code, signal } = await run(node, [program(root, first), ...rest, ...args], { cwd: root, env, talks: verb.talks });
  if (signal) leave({ signal });
  failed ||= code;
}
leave({ code: failed });
