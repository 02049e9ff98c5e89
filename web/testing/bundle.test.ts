// What a browser loads before the dashboard works, as the built portal says it: the entry, the pages of that address one
// inside the other, and what they import.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const MOST = 140_000;
const build = path.join(import.meta.dirname, '../build');

interface Built {
  readonly routes: Record<string, { readonly id: string; readonly parentId?: string; readonly path?: string }>;
  readonly routeDiscovery: { readonly mode: 'lazy' | 'initial' };
  readonly assets: {
    readonly url: string;
    readonly entry: Loaded;
    readonly routes: Record<string, Loaded>;
  };
}

interface Loaded {
  readonly module: string;
  readonly imports: readonly string[];
}

test('the dashboard brings at most 140 kB of JavaScript, gzipped', async () => {
  const weights = (await modulesOf('dashboard'))
    .map((url) => ({ url, weight: gzipSync(readFileSync(path.join(build, 'client', url))).length }))
    .sort((a, b) => b.weight - a.weight);
  const sum = weights.reduce((so, { weight }) => so + weight, 0);
  const largest = weights.slice(0, 5).map(({ url, weight }) => `${kilobytes(weight)} ${path.basename(url)}`);
  expect(sum, `${kilobytes(sum)} in all, the largest are ${largest.join(', ')}`).toBeLessThanOrEqual(MOST);
});

async function modulesOf(address: string): Promise<string[]> {
  const { routes, routeDiscovery, assets } = (await import(path.join(build, 'server/index.js'))) as Built;
  const page = Object.values(routes).find((route) => route.path === address)!;
  const urls = new Set(
    [assets.entry, ...[...framesOf(page.id)].map((id) => assets.routes[id]!)].flatMap(({ module, imports }) => [module, ...imports]),
  );
  if (routeDiscovery.mode === 'initial') urls.add(assets.url);
  return [...urls];

  function* framesOf(id: string | undefined): Iterable<string> {
    if (id === undefined) return;
    yield id;
    yield* framesOf(routes[id]!.parentId);
  }
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
