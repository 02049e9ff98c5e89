// docker-compose.yml is read as production would read it, though no container runs here.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { findOnPath } from '#core/testing/runner/on-path.ts';
import { readConfig, readEnv } from './env.ts';
import { settingNames, settings, type SettingName } from './settings.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const compose = read('docker-compose.yml').split('\n');
const roles = ['web', 'bots', 'worker'] as const;
const others = ['postgres', 'redis', 'store'] as const;
const services = [...roles, ...others];

// What stands at the top of the file is really done, in a folder of its own.
const folder = mkdtempSync(path.join(tmpdir(), 'impacter-compose-'));
afterAll(() => rmSync(folder, { recursive: true }));
execFileSync('sh', ['-c', documentedCommands()], { cwd: folder });
const dotEnv = readFileSync(path.join(folder, '.env'), 'utf8');
const given: Record<string, string> = Object.fromEntries([...dotEnv.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));

test('the compose file brings PostgreSQL 18, Redis, a store, and each role in a container of its own', () => {
  expect(section('services:').filter((line) => /^ {2}\w/.test(line))).toEqual(services.map((service) => `  ${service}:`));
  expect(propertyOf('postgres', 'image')).toMatch(/^postgres:18\./);
  expect(roles.map((role) => environmentOf(role)['ROLES'])).toEqual(roles);
});

test('the commands at its top make all that it asks for, and nothing that it does not use', () => {
  const asked = new Set([...compose.join('\n').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!));
  expect(Object.keys(given).toSorted()).toEqual([...asked].toSorted());
});

describe.each(roles)('the environment of %s', (role) => {
  test('has only settings of ours, and production starts with it after the documented steps', () => {
    const environment = environmentOf(role);
    expect(Object.keys(environment).filter((name) => !settingNames.includes(name as never))).toEqual([]);
    expect(readConfig(readEnv(environment))).toMatchObject({
      production: true,
      roles: [role],
      database: { kind: 'real', url: `postgresql://impacter:${given['POSTGRES_PASSWORD']}@postgres:5432/impacter` },
      redis: { url: `redis://:${given['REDIS_PASSWORD']}@redis:6379` },
      files: { kind: 'real', bucket: 'impacter-files', endpoint: 'http://store.localhost:8333' },
      openclaw: { kind: 'real' },
      slack: { kind: 'off' },
    });
  });

  test('is named setting by setting: no file is handed over whole', () => {
    expect(compose.filter((line) => /env_file|\.env\b/.test(line) && !line.startsWith('#'))).toEqual([]);
  });
});

test('each secret goes to the roles that need it, and every setting can be given to one that does', () => {
  const all = [...roles];
  const needed: Partial<Record<SettingName, readonly string[]>> = {
    DATABASE_URL: all,
    REDIS_URL: all,
    ENCRYPTION_KEY: all,
    AWS_ACCESS_KEY_ID: all,
    AWS_SECRET_ACCESS_KEY: all,
    AWS_SESSION_TOKEN: all,
    OPENCLAW_TOKEN: all,
    METRICS_TOKEN: ['web', 'bots'],
    STRIPE_SECRET_KEY: ['web', 'worker'],
    STRIPE_WEBHOOK_SECRET: ['web', 'worker'],
    SLACK_BOT_TOKEN: ['bots'],
    SLACK_SIGNING_SECRET: ['bots'],
    SLACK_APP_TOKEN: ['bots'],
    SLACK_CLIENT_SECRET: ['web', 'bots'],
    DISCORD_TOKEN: ['bots'],
    DISCORD_CLIENT_SECRET: ['web'],
  };
  const getting = (name: string) => roles.filter((role) => !['off', undefined].includes(linesOf(role).get(name)?.replaceAll("'", '')));
  const secrets = settingNames.filter((name) => settings[name].secret);
  expect(Object.fromEntries(secrets.map((name) => [name, getting(name)]))).toEqual(needed);
  // The image knows these two.
  expect(settingNames.filter((name) => getting(name).length === 0)).toEqual(['DATA_DIR', 'HOST']);
});

test('the store, Redis and PostgreSQL are told the same names and secrets as the product, and no others', () => {
  const product = environmentOf('web');
  expect(environmentOf('store')).toEqual(
    Object.fromEntries(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'S3_BUCKET'].map((name) => [name, product[name]])),
  );
  const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = environmentOf('postgres');
  expect(product['DATABASE_URL']).toBe(`postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`);
  expect(new URL(product['REDIS_URL']!).password).toBe(environmentOf('redis')['REDISCLI_AUTH']);
});

test('the token of the agents goes over a plain connection to this machine alone, as their client demands', () => {
  const { hostname } = new URL(environmentOf('worker')['OPENCLAW_URL']!);
  expect(hostname).toMatch(/\.local$/);
  expect(section('x-role: &role')).toContain(`    - ${hostname}:host-gateway`);
});

describe.each(services)('the container of %s', (service) => {
  test('can do nothing but its work: no capability, no new privilege, no root, no writing, and limits', () => {
    expect({
      read_only: propertyOf(service, 'read_only'),
      cap_drop: propertyOf(service, 'cap_drop'),
      security_opt: propertyOf(service, 'security_opt'),
      cap_add: propertyOf(service, 'cap_add'),
      privileged: propertyOf(service, 'privileged'),
      network_mode: propertyOf(service, 'network_mode'),
    }).toEqual({ read_only: 'true', cap_drop: '[ALL]', security_opt: "['no-new-privileges:true']" });
    expect(propertyOf(service, 'user')).toMatch(/^(?!root|0)[a-z]+$/);
    expect(propertyOf(service, 'pids_limit')).toMatch(/^\d+$/);
    expect(propertyOf(service, 'mem_limit')).toMatch(/^\d+[mg]$/);
    expect(propertyOf(service, 'tmpfs')).toContain('/tmp:size=');
  });

  test('comes from one image and no other, whatever its tag becomes', () => {
    if (propertyOf(service, 'build') !== undefined) expect(propertyOf(service, 'image')).toBe('impacter');
    else expect(propertyOf(service, 'image')).toMatch(/^[\w/]+:\d+(\.\d+)+[\w.-]*@sha256:[0-9a-f]{64}$/);
  });
});

test('ports are open to this machine only, those of the portal and of the store, and no socket of Docker is handed in', () => {
  const ports = services.flatMap((service) => section(`  ${service}:`).filter((line) => /^ {6}- '?[\d.:]+:\d+'?$/.test(line)));
  expect(ports).toEqual(["      - '127.0.0.1:3000:3000'", "      - '127.0.0.1:8333:8333'"]);
  expect(compose.join('\n')).not.toContain('docker.sock');
});

test('PostgreSQL, Redis and the store see the roles, and neither one another nor the internet', () => {
  const networks = Object.fromEntries(services.map((service) => [service, networksOf(service)]));
  expect(networks).toEqual({
    ...Object.fromEntries(roles.map((role) => [role, ['outside', 'database', 'queue', 'files']])),
    postgres: ['database'],
    redis: ['queue'],
    store: ['files'],
  });
  for (const network of ['database', 'queue']) expect(section('networks:').join('\n')).toContain(`  ${network}:\n    internal: true`);
});

test.runIf(findOnPath('redis-server') !== null)('Redis starts by that very command, and opens only to its password', async () => {
  const [line] = section('  redis:').flatMap((each) => /^ {6}- (umask .+)$/.exec(each)?.[1] ?? []);
  const command = line!.replaceAll('$$', '$').replaceAll('/tmp/', `${folder}/`).replace('--dir /data', `--dir ${folder}`);
  const socket = path.join(folder, 'redis.sock');
  const password = given['REDIS_PASSWORD']!;
  const server = spawn('sh', ['-c', `${command} --port 0 --unixsocket ${socket}`], {
    env: { PATH: process.env['PATH'], REDISCLI_AUTH: password },
  });
  const ended = once(server, 'exit');
  try {
    const ping = async (auth?: string) =>
      (
        await promisify(execFile)('redis-cli', ['-s', socket, 'ping'], {
          env: { PATH: process.env['PATH'], ...(auth && { REDISCLI_AUTH: auth }) },
        })
      ).stdout;
    await vi.waitFor(async () => expect(await ping(password)).toContain('PONG'), 10_000);
    expect(await ping()).toContain('NOAUTH');
    expect(server.spawnargs.join(' ')).not.toContain(password);
  } finally {
    server.kill();
    await ended;
  }
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const [portal, product] = stages.map((stage) =>
    [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1]!.split(' ')),
  );

  test('is built from files that exist, and starts the product itself, so that signals reach it', () => {
    const packages = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json'];
    expect(portal).toEqual([...packages, 'core/domain', 'web']);
    expect(product).toEqual([...packages, 'prisma', 'core', 'bots', 'web', 'docs']);
    expect(dockerfile).toContain('COPY --from=portal /app/web/build web/build');
    expect([...portal!, ...product!].filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
    expect(dockerfile).toContain('CMD ["node", "core/main.ts"]');
  });

  test('stands on one base and no other, and does not run as root', () => {
    const bases = stages.map((stage) => stage.split(/\s/)[0]!);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:24\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/);
    expect(dockerfile.lastIndexOf('\nUSER node\n')).toBeGreaterThan(dockerfile.lastIndexOf('\nRUN '));
  });

  test('gets what it is built from, and neither secrets nor data nor history nor tests', () => {
    const rules = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const isSent = (file: string) =>
      rules.reduce((sent, rule) => {
        const pattern = rule.replace(/^!/, '');
        const expression = pattern
          .replace(/[.]/g, '\\.')
          .replace(/\*\*\//g, '(.*/)?')
          .replace(/(?<![.)])\*/g, '[^/]*');
        return new RegExp(`^${expression}(/.*)?$`).test(file) ? rule.startsWith('!') : sent;
      }, true);
    for (const file of [...portal!, ...product!, 'core/main.ts', 'web/app/root.tsx', 'prisma/schema.prisma', 'core/domain/ids.ts'])
      expect([file, isSent(file)]).toEqual([file, true]);
    for (const file of [
      '.env',
      '.env.production',
      'core/.env',
      '.git/config',
      '.data/sandbox-keys.json',
      'core/.data/x',
      'node_modules/pg/package.json',
      'web/node_modules/x',
      'core/main.test.ts',
      'core/testing/stages/stage.ts',
      'web/testing/pages.ts',
      'web/app/root.test.tsx',
      'web/build/server/index.js',
      'prisma/generated/client.ts',
      'impacter.log',
      'docker-compose.yml',
      'id_rsa',
      '.ci/run',
    ])
      expect([file, isSent(file)]).toEqual([file, false]);
  });
});

/** From "#   (" to the bracket that ends it. */
function documentedCommands(): string {
  const from = compose.findIndex((line) => line.startsWith('#   ('));
  const to = compose.findIndex((line, at) => at >= from && line.endsWith(')'));
  return compose
    .slice(from, to + 1)
    .map((line) => line.slice(1))
    .join('\n');
}

/** The lines below a heading, as far as they are indented more than it. `npm run check` reads the whole as YAML. */
function section(heading: string): string[] {
  const from = compose.indexOf(heading) + 1;
  if (from === 0) throw new Error(`docker-compose.yml has no ${heading}`);
  const indent = heading.search(/\S/);
  const end = compose.findIndex((line, at) => at >= from && line.trim() !== '' && line.search(/\S/) <= indent);
  return compose.slice(from, end === -1 ? undefined : end);
}

/** The sections that make a service, the ones it builds on first. */
function layersOf(heading: string): string[][] {
  const own = section(heading);
  const indent = heading.search(/\S/) + 2;
  const bases = own.flatMap((line) => new RegExp(`^ {${indent}}<<: \\*(\\w+)$`).exec(line)?.[1] ?? []);
  return [...bases.flatMap((name) => layersOf(`x-${name}: &${name}`)), own.map((line) => line.slice(indent))];
}

/** A property on one line, as written. */
function propertyOf(service: string, name: string): string | undefined {
  return layersOf(`  ${service}:`)
    .flatMap((lines) => lines.flatMap((line) => new RegExp(`^${name}: (.+)$`).exec(line)?.[1] ?? []))
    .at(-1);
}

function networksOf(service: string): string[] {
  const listed = propertyOf(service, 'networks');
  if (listed !== undefined) return listed.slice(1, -1).split(', ');
  const own = section(`  ${service}:`);
  return own.slice(own.indexOf('    networks:') + 1).flatMap((line) => /^ {6}(\w+):$/.exec(line)?.[1] ?? []);
}

/** Name → value of a service's environment, as written. */
function linesOf(service: string): Map<string, string> {
  const own = section(`  ${service}:`);
  const shared = own.some((line) => line.trim() === '<<: *settings') ? section('x-settings: &settings') : [];
  return new Map(
    [...shared, ...own].flatMap((line) => {
      const [, name, value] = /^\s+([A-Z][A-Z0-9_]*): (.+)$/.exec(line) ?? [];
      return name && value ? [[name, value] as const] : [];
    }),
  );
}

/** What a container of this service gets, as compose fills it in: ${NAME}, ${NAME:-otherwise}, ${NAME:?complaint}. */
function environmentOf(service: string): Record<string, string> {
  return Object.fromEntries([...linesOf(service)].map(([name, value]) => [name, fillIn(value.replace(/^'(.*)'$/, '$1'))]));
}

function fillIn(value: string): string {
  return value.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind: string | undefined, rest: string | undefined) => {
    if (given[name] === undefined && kind !== '-') throw new Error(`${name} must be given: ${rest}`);
    return given[name] ?? rest ?? '';
  });
}
