// docker-compose.yml is read as production would read it, though no container runs here.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, readEnv } from './env.ts';
import { settingNames } from './settings.ts';

const root = path.join(import.meta.dirname, '../..');
const compose = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8').split('\n');
const given: Record<string, string> = {
  POSTGRES_PASSWORD: 'b4d7c0ffee',
  AWS_SECRET_ACCESS_KEY: 'c0ffee',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

test('the compose file brings PostgreSQL 18, Redis, a store, and each role in a container of its own', () => {
  expect(section('services:').filter((line) => /^ {2}\w/.test(line))).toEqual([
    '  web:',
    '  bots:',
    '  worker:',
    '  postgres:',
    '  redis:',
    '  store:',
  ]);
  expect(section('  postgres:')).toContain('    image: postgres:18');
  expect(['web', 'bots', 'worker'].map((role) => environmentOf(role)['ROLES'])).toEqual(['web', 'bots', 'worker']);
});

test.each(['web', 'bots', 'worker'])('the environment of %s has only settings of ours, and production starts with it', (role) => {
  const environment = environmentOf(role);
  expect(Object.keys(environment).filter((name) => !settingNames.includes(name as never))).toEqual([]);

  const config = readConfig(readEnv(environment));
  expect(config).toMatchObject({
    production: true,
    roles: [role],
    database: { kind: 'real', url: 'postgresql://impacter:b4d7c0ffee@postgres:5432/impacter' },
    redis: { url: 'redis://redis:6379' },
    files: { kind: 'real', bucket: 'impacter-files', endpoint: 'http://store.localhost:8333' },
    openclaw: { kind: 'real' },
    slack: { kind: 'off' },
  });
});

test('the store and PostgreSQL are told the same names and secrets as the product', () => {
  const product = environmentOf('web');
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'S3_BUCKET']) expect(environmentOf('store')[name]).toBe(product[name]);
  const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = environmentOf('postgres');
  expect(product['DATABASE_URL']).toBe(`postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`);
});

test('the token of the agents goes over a plain connection to this machine alone, as their client demands', () => {
  const { hostname } = new URL(environmentOf('worker')['OPENCLAW_URL']!);
  expect(hostname).toMatch(/\.local$/);
  expect(section('x-role: &role')).toContain(`    - ${hostname}:host-gateway`);
});

test('the image is built from files that exist, and starts the product itself, so that signals reach it', () => {
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const [portal, product] = stages.map((stage) =>
    [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1]!.split(' ')),
  );
  const packages = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json'];
  expect(portal).toEqual([...packages, 'core/domain', 'web']);
  expect(product).toEqual([...packages, 'prisma', 'core', 'bots', 'web', 'docs']);
  expect(dockerfile).toContain('COPY --from=portal /app/web/build web/build');
  const copied = [...portal!, ...product!];
  expect(copied.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  expect(dockerfile).toContain('CMD ["node", "core/main.ts"]');
});

/** The lines below a heading, as far as they are indented more than it. `npm run check` reads the whole as YAML. */
function section(heading: string): string[] {
  const from = compose.indexOf(heading) + 1;
  if (from === 0) throw new Error(`docker-compose.yml has no ${heading}`);
  const indent = heading.search(/\S/);
  const end = compose.findIndex((line, at) => at >= from && line.trim() !== '' && line.search(/\S/) <= indent);
  return compose.slice(from, end === -1 ? undefined : end);
}

/** What a container of this service gets, as compose fills it in: ${NAME}, ${NAME:-otherwise}, ${NAME:?complaint}. */
function environmentOf(service: string): Record<string, string> {
  const own = section(`  ${service}:`);
  const shared = own.some((line) => line.trim() === '<<: *settings') ? section('x-settings: &settings') : [];
  const pairs = [...shared, ...own].flatMap((line) => {
    const [, name, value] = /^\s+([A-Z][A-Z0-9_]*): (.+)$/.exec(line) ?? [];
    return name && value ? [[name, fillIn(value.replace(/^'(.*)'$/, '$1'))] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function fillIn(value: string): string {
  return value.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind: string | undefined, rest: string | undefined) => {
    if (given[name] === undefined && kind !== '-') throw new Error(`${name} must be given: ${rest}`);
    return given[name] ?? rest ?? '';
  });
}
