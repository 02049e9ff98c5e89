/** Whether a process runs; one that has ended but was not reaped by its parent (a zombie) does not. */
export function isAlive(pid: number): boolean;
