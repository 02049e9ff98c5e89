import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { alone } from './alone.mjs';
import { leave, run, stopAsked } from './child.mjs';
import { program } from './node.mjs';
import { step } from './step.mjs';

/** Writes Prisma's client anew when the schema, or Prisma itself, is not the one it was written from. */
export async function generateIfStale(root, { node, env }) {
  const stamp = path.join(root, 'prisma/generated/.made-from');
  const isStale = () => read(stamp) !== madeFrom(root);
  if (!isStale()) return;
  await alone(path.join(root, 'node_modules/.launching'), async () => {
    if (!isStale()) return;
    const done = step('Writing the database client from prisma/schema.prisma');
    const from = madeFrom(root);
    const { code, output } = await run(node, [program(root, 'prisma/run.ts'), 'generate'], { cwd: root, env, quiet: true });
    if (stopAsked()) leave({ signal: stopAsked() });
    done(code === 0);
    if (code !== 0) {
      console.error(output);
      process.exit(1);
    }
    fs.writeFileSync(stamp, from);
  });
}

function madeFrom(root) {
  const hash = createHash('sha256');
  for (const file of ['prisma/schema.prisma', 'node_modules/prisma/package.json']) hash.update(read(path.join(root, file)) ?? '');
  return hash.digest('hex');
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
