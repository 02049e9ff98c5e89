// Who asks us to stop means the program we started: every signal reaches it exactly once.
//
// A terminal sends Ctrl-C to all processes of the command, and npm then sends it to us once more. So the program gets a
// process group of its own, where nothing arrives but what we pass on, and a repetition within a moment is not passed on.
// A program that reads from the terminal has to share our group to be allowed to; there the terminal's own signal reaches it.
import { spawn } from 'node:child_process';

const repetitionMs = 500;

let child;
let shares = false;
let asked;
const last = {};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const now = Date.now();
    if (now - (last[signal] ?? 0) < repetitionMs) return;
    last[signal] = now;
    asked = signal;
    if (!child) return leave({ signal });
    if (shares && signal !== 'SIGTERM') return;
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal); // a closed window is a reason to stop in good order
  });
}

/** Runs a program to its end. `quiet` keeps what it prints, for the case that it fails. */
export function run(file, args, { cwd, env, talks = false, quiet = false }) {
  shares = talks && Boolean(process.stdin.isTTY);
  return new Promise((resolve, reject) => {
    const output = [];
    child = spawn(file, args, { cwd, env, detached: !shares, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      child = undefined;
      resolve({ code: code ?? 1, signal, output: Buffer.concat(output).toString().trim() });
    });
  });
}

/** The signal that asked us to stop, if one did. */
export function stopAsked() {
  return asked;
}

/** Ends as the program ended: with its exit code, or by its signal. */
export function leave({ code, signal }) {
  if (!signal) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
