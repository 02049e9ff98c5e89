import fs from 'node:fs';

/**
 * Whether a process runs. A process that has ended but was not reaped by its parent (a zombie) keeps its id and accepts
 * signals. It counts as dead here: in a container whose first process never reaps, it stays a zombie for good.
 */
export function isAlive(pid) {
  if (!(pid > 0)) return false; // 0 and below address groups of processes
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false; // EPERM: it runs as another user
  }
  return !hasEnded(pid);
}

/** Only Linux tells; elsewhere the system's first process always reaps. */
function hasEnded(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // "<id> (<name>) <state> …", and a name may contain parentheses too. Z: zombie, X: dead.
    return /^[ZXx]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
