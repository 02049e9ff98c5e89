// The launcher in a small project of its own, with the real npm: a package from a file, a main that tells what reaches it.
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';

let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
let project: string;

beforeAll(async () => {
  temporary = await temporaryFolder('launch');
  await packGreeting('1.0.0', 'hello');
  await packGreeting('2.0.0', 'good morning');
  project = path.join(temporary.path, 'made-once');
  await makeProject();
  await lockGreeting('1.0.0');
});
afterAll(() => temporary.remove());

beforeEach(async ({ task }) => {
  const made = path.join(temporary.path, 'made-once');
  project = path.join(temporary.path, task.id);
  await cp(made, project, { recursive: true });
});

test('in a fresh clone one command installs, says so on a line each, and starts', async () => {
  const first = await launch('start', '--', 'now');
  expect(first.stdout).toBe('hello with ["--","now"], client of schema 1\n');
  expect(first.stderr.split('\n')).toEqual([
    expect.stringMatching(/^Installing packages \(nothing is installed yet\) ….* done, \d+ s$/),
    expect.stringMatching(/^Writing the database client from prisma\/schema\.prisma … done, \d+ s$/),
    '',
  ]);

  const second = await launch('start');
  expect(second).toMatchObject({ code: 0, stdout: 'hello with [], client of schema 1\n', stderr: '' });
});

test('a changed schema and a changed lock file are noticed, and package-lock.json stays as it was committed', async () => {
  await launch('start');
  await writeFile(path.join(project, 'prisma/schema.prisma'), 'schema 2');
  await lockGreeting('2.0.0');
  const lock = await readFile(path.join(project, 'package-lock.json'), 'utf8');

  const next = await launch('start');
  expect(next.stdout).toBe('good morning with [], client of schema 2\n');
  expect(next.stderr).toMatch(/^Installing packages \(greeting is 1\.0\.0 and should be 2\.0\.0\)/);
  expect(await readFile(path.join(project, 'package-lock.json'), 'utf8')).toBe(lock);
});

test('of two commands at once in a fresh clone one installs, the other waits, and both work', async () => {
  const both = await Promise.all([launch('start', 'a'), launch('start', 'b')]);
  expect(both.map(({ code, stdout }) => [code, stdout])).toEqual([
    [0, 'hello with ["a"], client of schema 1\n'],
    [0, 'hello with ["b"], client of schema 1\n'],
  ]);
  const said = both.map(({ stderr }) => stderr).join('');
  expect(said.match(/Installing/g)).toHaveLength(1);
  expect(said.match(/Writing the database client/g)).toHaveLength(1);
});

test('nothing that a package wants to run at its installation runs, so it reads no secret of ours', async () => {
  expect((await launchWith({ SECRET: 'for us alone' }, 'start')).code).toBe(0);
  await expect(readFile(path.join(project, 'node_modules/greeting/ran'), 'utf8')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an install that was killed does not block the next one', async () => {
  const gone = await run(process.execPath, ['-p', 'process.pid'], project);
  await mkdir(path.join(project, 'node_modules'));
  await writeFile(path.join(project, 'node_modules/.launching'), gone.stdout.trim());
  expect((await launch('start')).code).toBe(0);
});

test('an install that fails says what npm said, and the next one starts over', async () => {
  const tarball = path.join(project, 'greeting-1.0.0.tgz');
  await rm(tarball);
  const failed = await launchWith({ HOME: path.join(project, 'new-home') }, 'start'); // npm has it in no cache either
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  expect(failed.stderr).toMatch(/^Installing packages .* failed, \d+ s\n[^]*greeting-1\.0\.0\.tgz[^]*npm could not install the packages/);

  await cp(path.join(temporary.path, 'greeting-1.0.0.tgz'), tarball);
  expect((await launch('start')).code).toBe(0);
});

test('it works where the home folder is closed or does not exist', async () => {
  const started = await launchWith({ HOME: '/dev/null/nowhere' }, 'start');
  expect(started).toMatchObject({ code: 0, stdout: 'hello with [], client of schema 1\n' });
});

test('the exit code of the program is the exit code of the command, also through npm', async () => {
  await install();
  expect((await launch('start', 'exit 7')).code).toBe(7);
  expect((await npm('start', 'exit 7')).code).toBe(7);
});

test('a program that dies of a signal makes the command die of it', async () => {
  await install();
  expect(await launch('start', 'die')).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s to the launcher reaches the program once, and its clean end is ours', async (signal) => {
  await install();
  const running = start([process.execPath, 'core/launch.mjs', 'start', 'wait']);
  await running.said('ready');
  process.kill(running.pid, signal);
  expect(await running.end).toMatchObject({ code: 0, signal: null, stdout: `ready\n${signal}\nstopped\n` });
});

test('a signal that is repeated within a moment counts once', async () => {
  await install();
  for (;;) {
    const running = start([process.execPath, 'core/launch.mjs', 'start', 'wait']);
    await running.said('ready');
    const began = performance.now();
    process.kill(running.pid, 'SIGINT');
    await running.said('SIGINT');
    const isWithinTheMoment = performance.now() - began < 200;
    if (isWithinTheMoment) process.kill(running.pid, 'SIGINT');
    expect((await running.end).stdout).toBe('ready\nSIGINT\nstopped\n');
    if (isWithinTheMoment) return;
  }
});

test.each([
  { what: 'SIGTERM to npm alone', signal: 'SIGTERM', to: (npm: number) => npm },
  { what: 'Ctrl-C in the terminal, to the whole group,', signal: 'SIGINT', to: (npm: number) => -npm },
])('$what reaches the program once, and it stops in good order', async ({ signal, to }) => {
  await install();
  const running = start(['npm', 'start', '--silent', 'wait']);
  await running.said('ready');
  process.kill(to(running.pid), signal);
  expect((await running.end).stdout).toBe(`ready\n${signal}\nstopped\n`);
});

test('a command that does not exist is answered with those that do', async () => {
  const answer = await launch('strat');
  expect(answer.code).toBe(2);
  expect(answer.stderr).toBe(
    'There is no command "strat". There are: start, board, build, ask, grant, keys, ledger:verify, stripe, doctor, bench, gallery, pictures, lighthouse, test, check, format, prisma.\n',
  );
});

test('where npm brought no Node and this one is too old, it says which one to get', async () => {
  await install();
  const old = `Object.defineProperty(process.versions, 'node', { value: '20.19.0' });`;
  await writeFile(path.join(project, 'old.cjs'), old);
  const answer = await launchWith({ NODE_OPTIONS: `--require ${path.join(project, 'old.cjs')}` }, 'start');
  expect(answer.code).toBe(1);
  expect(answer.stderr).toContain('This needs Node 24 or newer, and here is 20.19.0.');
});

const main = `
import { greeting } from 'greeting';
import { client } from '../prisma/generated/client.ts';
const [what] = process.argv.slice(2);
if (what === 'exit 7') process.exit(7);
if (what === 'die') process.kill(process.pid, 'SIGKILL');
if (what === 'wait') {
  const alive = setInterval(() => {}, 1000);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      console.log(signal);
      setTimeout(() => (console.log('stopped'), clearInterval(alive), process.exit(0)), 300); // long enough for a second one to show
    });
  console.log('ready');
} else console.log(\`\${greeting} with \${JSON.stringify(process.argv.slice(2))}, client of \${client}\`);
`;

const generate = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
mkdirSync('prisma/generated', { recursive: true });
writeFileSync('prisma/generated/client.ts', 'export const client = ' + JSON.stringify(readFileSync('prisma/schema.prisma', 'utf8')));
`;

async function makeProject() {
  await mkdir(path.join(project, 'prisma'), { recursive: true });
  await cp(import.meta.dirname, path.join(project, 'core/launch'), { recursive: true });
  await cp(path.join(import.meta.dirname, '../launch.mjs'), path.join(project, 'core/launch.mjs'));
  await writeFile(path.join(project, 'core/main.ts'), main);
  await writeFile(path.join(project, 'prisma/run.ts'), generate);
  await writeFile(path.join(project, 'prisma/schema.prisma'), 'schema 1');
}

async function packGreeting(version: string, greeting: string) {
  const home = path.join(temporary.path, `greeting-${version}`);
  await mkdir(home);
  const scripts = { postinstall: `node -p process.env.SECRET > ran` };
  await writeFile(
    path.join(home, 'package.json'),
    JSON.stringify({ name: 'greeting', version, type: 'module', exports: './index.js', scripts }),
  );
  await writeFile(path.join(home, 'index.js'), `export const greeting = '${greeting}';`);
  await run('npm', ['pack', '--silent', '--pack-destination', temporary.path], home);
}

/** What a pull brings: package.json and package-lock.json ask for this version from now on. */
async function lockGreeting(version: string) {
  const tarball = `greeting-${version}.tgz`;
  const elsewhere = await mkdtemp(path.join(temporary.path, 'lock-'));
  const scripts = { start: 'exec node core/launch.mjs start' };
  await writeFile(
    path.join(elsewhere, 'package.json'),
    JSON.stringify({ type: 'module', scripts, dependencies: { greeting: `file:${tarball}` } }),
  );
  await cp(path.join(temporary.path, tarball), path.join(elsewhere, tarball));
  await run('npm', ['install', '--package-lock-only', '--offline'], elsewhere);
  await cp(elsewhere, project, { recursive: true });
}

function run(file: string, args: string[], cwd: string) {
  return promisify(execFile)(file, args, { cwd, env: environment() });
}

/** The home folder of whoever runs the tests may be closed to them. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}`, HOME: temporary.path };
}

let installed: string | undefined;

/** As after a first start. It is made once, and copied. */
async function install() {
  if (installed === undefined) {
    expect((await launch('start')).code).toBe(0);
    await cp(project, path.join(temporary.path, 'installed'), { recursive: true });
    installed = path.join(temporary.path, 'installed');
  } else await cp(installed, project, { recursive: true, force: true });
}

function launch(...args: string[]): Promise<Ended> {
  return launchWith({}, ...args);
}

function launchWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  return start([process.execPath, 'core/launch.mjs', ...args], env).end;
}

function npm(...args: string[]): Promise<Ended> {
  return start(['npm', '--silent', ...args]).end;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start([file, ...args]: string[], extra: NodeJS.ProcessEnv = {}) {
  const child = spawn(file!, args, {
    cwd: project,
    env: { ...environment(), ...extra },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => (stdout += `${line}\n`));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const end = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await end;
  });
  return {
    pid: child.pid!,
    end,
    said: (line: string) => vi.waitFor(() => expect(stdout).toContain(line)),
  };
}
