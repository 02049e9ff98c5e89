// Folders are the boundaries. This is the table of who may import whom; below it, the tests that keep it.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fileOf, importsOf, type How } from './imports.ts';

// `types of x`: nothing of it at run time. `lazily x`: only by import(), when it is needed.
const rooms: Record<string, readonly string[]> = {
  'core/domain': [],
  'core/contracts': ['core/domain'],
  'core/ports': ['core/domain'],
  'core/store': ['core/domain', 'core/contracts', 'types of core/ports', 'prisma/generated'],
  'core/flows': ['core/domain', 'core/contracts', 'core/ports', 'core/store'],
  'core/engines': ['core/domain', 'core/contracts', 'core/ports', 'core/store'],
  'core/sandbox': ['core/launch', 'core/domain', 'core/contracts', 'types of core/ports'],
  'core/launch': [],
  // Where everything is put together. What is not part of every start is loaded only by the start that needs it.
  'core/product': [
    'core/launch',
    'core/domain',
    'core/contracts',
    'core/ports',
    'core/store',
    'core/flows',
    'core/engines',
    'types of core/sandbox',
    'lazily core/sandbox',
    'types of bots',
    'lazily bots',
    'types of web/server',
    'lazily web/server',
  ],
  core: ['core/launch', 'core/product', 'core/contracts', 'core/flows', 'core/engines', 'lazily core/sandbox', 'lazily bots'],
  'core/commands': [
    'core/product',
    'core/domain',
    'core/contracts',
    'core/ports',
    'core/store',
    'core/flows',
    'core/engines',
    'core/sandbox',
    'lazily bots/*',
  ],
  'core/bench': [
    'core/product',
    'core/domain',
    'core/contracts',
    'core/ports',
    'core/store',
    'core/flows',
    'core/engines',
    'core/sandbox',
    'bots/*',
  ],
  bots: ['bots/drawing', 'core/domain', 'core/contracts', 'core/ports', 'types of core/flows', 'bots/*'],
  'bots/drawing': ['core/domain'],
  'bots/sandbox': ['bots/drawing', 'bots/stand-in', 'core/domain', 'types of core/ports'],
  // What stand-ins of platforms are made of.
  'bots/stand-in': [],
  'bots/*': ['bots/drawing', 'bots/sandbox', 'bots/stand-in', 'core/domain', 'core/contracts', 'core/ports', 'types of core/flows', 'bots'],
  'web/server': ['core/domain', 'core/contracts', 'core/ports', 'types of core/flows', 'types of web/app'],
  'web/app': ['core/domain', 'types of core/ports', 'types of core/flows', 'types of web/server'],
  // How the portal is built.
  web: [],
  prisma: ['core/sandbox', 'types of core/ports'],
  'prisma/generated': [],
};

// Packages, by room; where a room is one outside service a file (or a folder), by that.
const packages: Record<string, readonly string[]> = {
  'core/contracts': ['zod', 'pg'],
  'core/store': ['pg', '@prisma/adapter-pg', '@prisma/client'],
  'core/engines/auth': ['better-auth'],
  'core/engines/bullmq': ['bullmq', 'ioredis', 'pg'],
  'core/engines/csv': ['csv-parse', 'csv-stringify'],
  'core/engines/log': ['pino'],
  'core/engines/openclaw': ['@openclaw/gateway-client', '@openclaw/gateway-protocol', 'zod'],
  'core/engines/s3': ['@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'],
  'core/engines/ses': ['@aws-sdk/client-ses'],
  'core/engines/stripe': ['stripe'],
  'core/sandbox/openclaw': ['@openclaw/gateway-protocol', 'cheerio', 'csv-stringify', 'ipaddr.js', 'pdfkit', 'ws', 'zod'],
  'core/sandbox/postgres': ['pg'],
  // For its types: what the real service takes.
  'core/sandbox/stripe': ['stripe'],
  'core/commands': ['pg'],
  'core/bench': ['pg', 'bullmq', '@slack/bolt', 'discord.js', 'ws'],
  'bots/discord': ['discord-api-types', 'discord-api-spec', 'ws', 'zod'],
  'bots/sandbox': ['zod'],
  'bots/stand-in': ['zod'],
  'bots/slack': ['@slack/bolt', '@slack/web-api', 'ws', 'zod'],
  'bots/terminal': ['zod'],
  'web/server': ['express', 'compression', 'prom-client', '@remix-run/node-fetch-server'],
  'web/app': ['react', 'react-dom', 'react-router', '@react-router/node', 'lucide-react', 'uqr', 'markdown-it', '@react-router/dev'],
  web: ['@react-router/dev', '@tailwindcss/vite', 'vite'],
  prisma: ['prisma', 'pg', '@prisma/adapter-pg', '@prisma/driver-adapter-utils'],
};

/** More than a screen of names is a heap. */
const FILES_MOST = 24;

// Tests, what helps them, and the gallery may import everything; nothing else may import them.
const outsideTheProduct = /\.test\.tsx?$|\/(testing|fixtures)\/|^bots\/([^/]+\/(kit|pictures|samples)|gallery[\w-]*)\.ts$/;

test('every file imports only what its room may', () => {
  const files = globSync('{core,bots,web,prisma}/**/*.{ts,tsx,mjs}', { exclude: ['prisma/generated/**', '**/node_modules/**'] });
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => complaints(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test.each([
  ['core/domain/tasks/task.ts', "import { readFile } from '#core/store/files/files.ts';", 'core/domain may not import core/store'],
  ['core/domain/tasks/task.ts', "import { z } from 'zod';", 'core/domain may not import zod'],
  ['core/flows/tasks/intake.ts', "import { s3 } from '../../engines/s3.ts';", 'core/flows may not import core/engines'],
  ['core/flows/tasks/intake.ts', "export { startS3 } from '#core/sandbox/s3/server.ts';", 'core/flows may not import core/sandbox'],
  [
    'core/store/database/money.ts',
    "import { PostError } from '#core/ports/poster.ts';",
    'core/store may not import core/ports (its types it may)',
  ],
  ['core/engines/s3.ts', "import { Queue } from 'bullmq';", 'core/engines/s3 may not import bullmq'],
  ['core/engines/stripe/webhook.ts', "import pino from 'pino';", 'core/engines/stripe may not import pino'],
  ['core/main.ts', "import { startBots } from '#bots/main.ts';", 'core may not import bots (lazily it may)'],
  ['core/main.ts', "import '#core/sandbox/postgres/postgres.ts';", 'core may not import core/sandbox (lazily it may)'],
  ['bots/slack/inbound.ts', "import { render } from '../discord/render.ts';", 'bots/slack may not import bots/discord'],
  [
    'bots/slack/inbound.ts',
    "const { intake } = await import('#core/flows/tasks/intake.ts');",
    'bots/slack may not import core/flows (its types it may)',
  ],
  ['web/app/root.tsx', "import { db } from '#core/store/database/store.ts';", 'web/app may not import core/store'],
  [
    'web/server/web.ts',
    "import { stage } from '#core/testing/stages/stage.ts';",
    'web/server may not import core/testing/stages: it is no part of the product',
  ],
  ['core/shop/till.ts', "import path from 'node:path';", 'core/shop is in no room: add it to the table'],
])('%s with %s is reported', (file, source, complaint) => {
  expect(complaints(file, source)).toEqual([`${file}: ${complaint}`]);
});

test.each([
  ['core/store/database/money.ts', "import type { Log } from '#core/ports/log.ts'; import pg from 'pg';"],
  ['core/main.ts', "const { startBots } = await import('#bots/main.ts');"],
  [
    'bots/slack/inbound.ts',
    "import { type App } from '#core/flows/app.ts'; import bolt from '@slack/bolt'; import { fit } from '../fit.ts';",
  ],
  ['core/flows/tasks/intake.test.ts', "import { startS3 } from '#core/sandbox/s3/server.ts'; import fc from 'fast-check';"],
])('%s may say: %s', (file, source) => {
  expect(complaints(file, source)).toEqual([]);
});

test('no folder of the product holds more files than can be looked through', () => {
  const files = globSync('{core,bots,web}/**/*.{ts,tsx,mjs,css,md}', { exclude: ['**/node_modules/**', 'web/build/**'] });
  const folders = Map.groupBy(
    files.filter((file) => !/(^|\/)(testing|fixtures)\//.test(file)),
    (file) => path.dirname(file),
  );
  expect([...folders].filter(([, { length }]) => length > FILES_MOST).map(([folder, { length }]) => `${folder}: ${length}`)).toEqual([]);
});

test('the map in core/README.md names every room, and none that is not there', () => {
  const [, map] = /## A map[^]*?```\n([^]*?)```/.exec(readFileSync('core/README.md', 'utf8'))!;
  const named: string[] = [];
  for (const [, indent, name] of map!.matchAll(/^( *)([\w-]+)\/ /gm)) named.push(indent === '' ? name! : `${top(named)}/${name}`);
  const folders = (cwd: string) => globSync('*/', { cwd, exclude: ['node_modules'] });
  const drawn = new Set(named.filter((name) => name.includes('/')).map((name) => name.split('/')[0]!));
  const real = folders('core').flatMap((folder) => [
    folder,
    ...(drawn.has(folder) ? folders(`core/${folder}`).map((inner) => `${folder}/${inner}`) : []),
  ]);
  expect(named.toSorted()).toEqual(real.toSorted());
  expect([...drawn].toSorted()).toEqual(['domain', 'engines', 'flows', 'store']);

  function top(names: readonly string[]) {
    return names.findLast((name) => !name.includes('/'));
  }
});

function complaints(file: string, source: string): string[] {
  if (outsideTheProduct.test(file)) return [];
  const room = roomOf(file);
  if (!room) return [`${file}: ${path.dirname(file)} is in no room: add it to the table`];
  return importsOf(file, source).flatMap(({ target, how }) => {
    const complaint = complaintAbout(file, room, target, how);
    return complaint ? [`${file}: ${complaint}`] : [];
  });
}

function complaintAbout(file: string, room: Room, target: string, how: How): string | null {
  if (target.startsWith('node:')) return null;
  const targetFile = fileOf(file, target);
  if (targetFile === null) {
    const [piece, allowed] = packagesOf(file, room);
    const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
    return allowed.includes(name) ? null : `${piece} may not import ${name}`;
  }
  if (outsideTheProduct.test(targetFile)) return `${room.name} may not import ${path.dirname(targetFile)}: it is no part of the product`;
  const other = roomOf(targetFile);
  if (other?.name === room.name) return null;
  if (!other) return `${room.name} may not import ${path.dirname(targetFile)}, which is in no room`;

  const allowed = rooms[room.row]!;
  if (allowed.includes(other.row)) return null;
  const types = allowed.includes(`types of ${other.row}`);
  const lazily = allowed.includes(`lazily ${other.row}`);
  if ((how === 'types' && types) || (how === 'lazily' && lazily)) return null;
  return `${room.name} may not import ${other.name}${lazily ? ' (lazily it may)' : types ? ' (its types it may)' : ''}`;
}

interface Room {
  /** Its folder. */
  readonly name: string;
  /** Its row in the table: for a platform, that is `bots/*`. */
  readonly row: string;
}

function roomOf(file: string): Room | null {
  const [top, folder] = file.split('/');
  const name = file.split('/').length > 2 ? `${top}/${folder}` : top!;
  const row = name in rooms ? name : name.startsWith('bots/') ? 'bots/*' : null;
  return row ? { name, row } : null;
}

// core/engines/s3.ts, core/engines/s3/signing.ts and core/engines/s3-links.ts are all of the engine s3.
function packagesOf(file: string, room: Room): [string, readonly string[]] {
  const own = packages[room.name];
  if (own) return [room.name, own];
  const [piece] = file.slice(room.name.length + 1).split(/[/.]/);
  const named = Object.keys(packages).find((key) => key === `${room.name}/${piece}` || `${room.name}/${piece}`.startsWith(`${key}-`));
  return [named ?? room.name, named ? packages[named]! : []];
}
