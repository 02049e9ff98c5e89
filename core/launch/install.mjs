import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { leave, run, stopAsked } from './child.mjs';
import { alone } from './alone.mjs';
import { step } from './step.mjs';

/** Makes node_modules hold what package-lock.json says. `withTools`: also what only development needs. */
export async function installIfStale(root, { withTools }) {
  if (!whatIsStale(root, withTools)) return;
  fs.mkdirSync(path.join(root, 'node_modules'), { recursive: true });
  await alone(path.join(root, 'node_modules/.launching'), async () => {
    const stale = whatIsStale(root, withTools); // another start may have installed while we waited
    if (stale) await install(root, withTools, stale);
  });
}

/** What differs between package-lock.json and what npm noted about its last install; null when nothing does. */
function whatIsStale(root, withTools) {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const present = readPackages(path.join(root, 'node_modules/.package-lock.json'));
  if (!present) return 'nothing is installed yet';
  for (const [place, { version, optional, dev, devOptional }] of Object.entries(wanted)) {
    if (!place) continue; // ourselves
    const found = present[place];
    if (found ? found.version !== version : !optional && (withTools || !(dev || devOptional))) {
      return `${place.slice('node_modules/'.length)} is ${found?.version ?? 'missing'} and should be ${version}`;
    }
  }
  return null;
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function install(root, withTools, stale) {
  const wanted = Object.entries(readPackages(path.join(root, 'package-lock.json')));
  const places = wanted.filter(([place, { optional }]) => place && !optional).map(([place]) => place);
  const done = step(`Installing packages (${stale})`, () => {
    return places.filter((place) => fs.existsSync(path.join(root, place, 'package.json'))).length / places.length;
  });
  const home = workingHome();
  try {
    const [npm, ...prefix] = npmCommand();
    // --no-save: package-lock.json stays as it is in the repository, whatever this machine's npm would write into it.
    // --ignore-scripts: no package needs its own, and in our surroundings they would find our secrets.
    const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', withTools ? '--include=dev' : '--omit=dev'];
    const args = [...prefix, 'install', ...flags];
    const { code, output } = await run(npm, args, { cwd: root, env: { ...process.env, ...home.env }, quiet: true });
    if (stopAsked()) leave({ signal: stopAsked() });
    done(code === 0);
    if (code === 0) return;
    console.error(
      `${output}\n\nnpm could not install the packages. If this machine reaches its npm registry only through a proxy, tell npm; then try again.`,
    );
    process.exit(1);
  } finally {
    home.remove();
  }
}

// Inside `npm start` npm says where it is; otherwise it is on the PATH.
function npmCommand() {
  const { npm_execpath: running } = process.env;
  if (running?.endsWith('.js')) return [process.execPath, running];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

// npm keeps its cache and its settings in the home folder, and fails where that is missing or closed to us.
function workingHome() {
  const cache = process.env.npm_config_cache ?? path.join(os.homedir(), '.npm');
  if (canWrite(cache)) return { env: {}, remove() {} };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'npm-home-'));
  const env = { HOME: folder, npm_config_cache: path.join(folder, 'cache') };
  if (!canRead(process.env.npm_config_userconfig ?? path.join(os.homedir(), '.npmrc')))
    env.npm_config_userconfig = path.join(folder, 'npmrc');
  return { env, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

function canWrite(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function canRead(file) {
  try {
    fs.accessSync(file, fs.constants.R_OK);
    return true;
  } catch (error) {
    return error.code === 'ENOENT';
  }
}
