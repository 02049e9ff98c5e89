import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './alive.mjs';

const heartbeatMs = 2000;
const silentMs = 30_000;

/** Runs `act` while no other process does so with the same lock file. A holder that died, or fell silent, holds nothing. */
export async function alone(lock, act) {
  for (let told = false; !take(lock); await sleep(100)) {
    const holder = look(lock);
    if (holder && !holder.alive) free(lock, holder);
    else if (holder && !told) {
      console.error(`Waiting for process ${holder.pid}, which is installing in the same folder`);
      told = true;
    }
  }
  const heartbeat = setInterval(() => fs.utimesSync(lock, new Date(), new Date()), heartbeatMs);
  const release = () => fs.rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await act();
  } finally {
    clearInterval(heartbeat);
    process.removeListener('exit', release);
    release();
  }
}

function take(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function look(lock) {
  try {
    const pid = Number(fs.readFileSync(lock, 'utf8'));
    const silent = Date.now() - fs.statSync(lock).mtimeMs > silentMs;
    // 0: taken, its number not yet written. Our own number was written by an earlier process, in a container that was restarted.
    return { pid, alive: !silent && (pid === 0 || (pid !== process.pid && isAlive(pid))) };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

// Two who wait may find the same dead holder. Taking the file away by renaming shows each which one it took.
function free(lock, holder) {
  const aside = `${lock}.${process.pid}`;
  try {
    fs.renameSync(lock, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (Number(fs.readFileSync(aside, 'utf8')) !== holder.pid) fs.linkSync(aside, lock); // it was the next holder's: put it back
  fs.rmSync(aside);
}
