import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { alone } from './alone.mjs';
import { leave, run, stopAsked } from './child.mjs';
import { program } from './node.mjs';
import { step } from './step.mjs';

// What the build is made from: its own sources, the rules it shares with the core, and the tools.
const sources = ['web/app', 'web/public', 'web/react-router.config.ts', 'web/vite.config.ts', 'core/domain', 'package-lock.json'];

/** Whether anything that the portal is made from changed since it was built. */
export function portalIsStale(root) {
  // A copy without the portal's sources has nothing to build.
  return fs.existsSync(path.join(root, 'web/app')) && read(stampIn(root)) !== madeFrom(root);
}

/** Builds the portal anew when it is stale. */
export async function buildPortalIfStale(root, { node, env }) {
  if (!portalIsStale(root)) return;
  await alone(path.join(root, 'node_modules/.launching'), async () => {
    if (!portalIsStale(root)) return;
    const done = step('Building the portal');
    const from = madeFrom(root);
    fs.rmSync(stampIn(root), { force: true });
    const { code, output } = await run(node, [program(root, '@react-router/dev'), 'build', 'web'], {
      cwd: root,
      env: { ...env, NODE_ENV: 'production' }, // else it would be made with React's slow half for developers
      quiet: true,
    });
    if (stopAsked()) leave({ signal: stopAsked() });
    done(code === 0);
    if (code !== 0) {
      console.error(output);
      process.exit(1);
    }
    fs.writeFileSync(stampIn(root), from);
  });
}

function stampIn(root) {
  return path.join(root, 'web/build/.made-from');
}

// The contents, not the times: a fresh clone has new times, and an old build of another branch old ones.
function madeFrom(root) {
  const hash = createHash('sha256');
  for (const source of sources) add(hash, root, source);
  return hash.digest('hex');
}

function add(hash, root, place) {
  const full = path.join(root, place);
  if (!fs.statSync(full).isDirectory()) return hash.update(place).update(fs.readFileSync(full));
  for (const name of fs.readdirSync(full).sort()) if (!/\.test\.tsx?$/.test(name)) add(hash, root, path.join(place, name));
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
