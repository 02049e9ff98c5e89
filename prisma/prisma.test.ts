// The Prisma CLI as a developer meets it: as published, with no network, through our schema engine.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { runningPostgres } from '#core/sandbox/postgres/postgres.ts';
import { migrate, readMigrations } from '#core/store/database/migrate.ts';
import { createEmptyDatabase } from '#core/testing/runner/database.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';

vi.setConfig({ testTimeout: 120_000 }); // each command takes a second or more

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder('prisma');
});
afterAll(() => folder.remove());

const fromMigrationsToSchema = [
  'migrate',
  'diff',
  '--from-migrations',
  'prisma/migrations',
  '--to-schema',
  'prisma/schema.prisma',
  '--exit-code',
];

test('the migrations make exactly what the schema says', async () => {
  const { url } = await database();
  expect(await prisma(url, fromMigrationsToSchema)).toMatchObject({ code: 0, said: expect.stringContaining('No difference detected') });
});

test('what our start applied, the CLI takes for its own', async () => {
  const { url } = await database();
  await migrate(url);
  expect(await prisma(url, ['migrate', 'status'])).toMatchObject({
    code: 0,
    said: expect.stringContaining('Database schema is up to date!'),
  });
  expect(await prisma(url, ['migrate', 'deploy'])).toMatchObject({
    code: 0,
    said: expect.stringContaining('No pending migrations to apply.'),
  });
});

test('what the CLI deployed, our start takes for its own, and the two leave the same rows', async () => {
  const { url } = await database();
  const ours = await database();
  await migrate(ours.url);

  expect(await prisma(url, ['migrate', 'deploy'])).toMatchObject({
    code: 0,
    said: expect.stringContaining('have been successfully applied'),
  });
  expect(await migrate(url)).toEqual([]);
  const rows = 'SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at FROM _prisma_migrations ORDER BY migration_name';
  const deployed = await query(url, rows);
  expect(deployed.map((row) => row['migration_name'])).toEqual((await readMigrations()).map(({ name }) => name));
  expect(await query(ours.url, rows)).toEqual(deployed);
});

test('a day with the CLI: first migration, an edited one, a refused one, status, difference, reset', async () => {
  const { url } = await database();
  const project = await newProject('model Word {\n  id Int @id\n  word String\n}');
  const run = (...args: string[]) => prisma(url, [...args, '--config', project.config]);

  expect(await run('validate')).toMatchObject({ code: 0, said: expect.stringContaining('is valid') });
  expect(await run('migrate', 'dev', '--name', 'words')).toMatchObject({
    code: 0,
    said: expect.stringContaining('in sync with your schema'),
  });
  await query(url, `INSERT INTO "Word" VALUES (1, 'kept')`);

  await project.writeModels('model Word {\n  id Int @id\n  word String\n  length Int?\n}');
  expect(await run('migrate', 'diff', '--from-migrations', project.migrations, '--to-schema', project.schema, '--exit-code')).toMatchObject(
    { code: 2 },
  );
  expect((await run('migrate', 'dev', '--name', 'length', '--create-only')).code).toBe(0);
  await project.append('length', counter);
  expect((await run('migrate', 'deploy')).code).toBe(0);
  await query(url, `UPDATE "Word" SET word = 'four'`);
  expect(await query(url, 'SELECT * FROM "Word"')).toEqual([{ id: 1, word: 'four', length: 4 }]);
  expect(await run('migrate', 'status')).toMatchObject({ code: 0, said: expect.stringContaining('2 migrations found') });

  await project.writeModels('model Word {\n  id Int @id\n  word String\n  length Int?\n  kind String\n}');
  const refused = await run('migrate', 'dev', '--name', 'kind');
  expect(refused.code).toBe(1);
  expect(refused.said).toContain('Added the required column `kind` to the `Word` table without a default value');

  expect((await run('migrate', 'reset', '--force')).code).toBe(0);
  expect(await query(url, 'SELECT * FROM "Word"')).toEqual([]);
  expect(await query(url, "SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'")).toEqual([]);
});

test('a missing database is made by migrate deploy, and a wrong password is named', async () => {
  const { url } = await database();
  const missing = Object.assign(new URL(url), { pathname: `/test_missing_${process.pid}` });
  expect(await prisma(missing.href, ['migrate', 'deploy'])).toMatchObject({ code: 0 });
  await query(url, `DROP DATABASE test_missing_${process.pid}`);

  const stranger = Object.assign(new URL(url), { password: 'wrong' });
  expect(await prisma(stranger.href, ['migrate', 'status'])).toMatchObject({ code: 1, said: expect.stringContaining('P1000') });
});

test('without DATABASE_URL a command works on the embedded database, and starts it only for itself', async () => {
  const dataDir = path.join(folder.path, 'embedded');
  const deployed = await prisma('', ['migrate', 'deploy'], { DATA_DIR: dataDir });
  expect(deployed).toMatchObject({ code: 0, said: expect.stringContaining('have been successfully applied') });
  expect(await runningPostgres(dataDir)).toBeNull();
});

const counter = `
CREATE FUNCTION count_letters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.length := length(NEW.word);
  RETURN NEW;
END $$;
CREATE TRIGGER count_letters BEFORE UPDATE ON "Word" FOR EACH ROW EXECUTE FUNCTION count_letters();
`;

async function newProject(models: string) {
  const home = path.join(folder.path, 'project');
  const project = {
    config: path.join(home, 'prisma.config.ts'),
    schema: path.join(home, 'schema.prisma'),
    migrations: path.join(home, 'migrations'),
    async writeModels(text: string) {
      const generator = 'generator client {\n  provider = "prisma-client"\n  output = "./generated"\n}';
      await writeFile(project.schema, `${generator}\n\ndatasource db {\n  provider = "postgresql"\n}\n\n${text}\n`);
    },
    async append(name: string, sql: string) {
      const found = (await readdir(project.migrations)).find((entry) => entry.endsWith(name));
      const file = path.join(project.migrations, found!, 'migration.sql');
      await writeFile(file, (await readFile(file, 'utf8')) + sql);
    },
  };
  await mkdir(home);
  await project.writeModels(models);
  await writeFile(
    project.config,
    `export default { schema: 'schema.prisma', migrations: { path: 'migrations' }, datasource: { url: process.env.DATABASE_URL } };`,
  );
  return project;
}

async function database() {
  const made = await createEmptyDatabase();
  onTestFinished(() => made.drop());
  return made;
}

async function prisma(url: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; said: string }> {
  const root = path.join(import.meta.dirname, '..');
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(root, 'prisma/run.ts'), ...args],
      { cwd: root, env: { PATH, NODE_COMPILE_CACHE, HOME: folder.path, NO_COLOR: '1', DATABASE_URL: url, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, said: `${stdout}\n${stderr}` }),
    );
  });
}

async function query(url: string, sql: string) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
