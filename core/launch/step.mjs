/**
 * Tells of something that takes long, on one line of stderr that grows: "Installing packages … 25% 50% 75% done, 31 s".
 * `progress` says how much is done, from 0 to 1. Call the result when it is over.
 */
export function step(what, progress) {
  const began = Date.now();
  let shown = 0;
  process.stderr.write(`${what} …`);
  const timer = setInterval(() => {
    const percent = Math.floor((progress?.() ?? 0) * 10) * 10;
    if (percent > shown && percent < 100) process.stderr.write(` ${(shown = percent)}%`);
  }, 500);
  return (ok) => {
    clearInterval(timer);
    process.stderr.write(` ${ok ? 'done' : 'failed'}, ${Math.max(1, Math.round((Date.now() - began) / 1000))} s\n`);
  };
}
