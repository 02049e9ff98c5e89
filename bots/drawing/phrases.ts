// The few words that drawing itself needs, the same on every platform. All else that we say comes from core/domain.

export const phrases = {
  restLeftOut: 'The rest was too long to show here.',
  moreRows: (count: number) => `${count.toLocaleString('en-US')} more ${count === 1 ? 'row' : 'rows'} in the file`,
  moreColumns: (count: number) => `${count} more ${count === 1 ? 'column' : 'columns'}`,
  more: (count: number) => `and ${count.toLocaleString('en-US')} more`,
} as const;

/** "12 kB": as people read it, in the units of file managers. */
export function sayBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const steps = ['kB', 'MB', 'GB', 'TB'];
  let size = bytes / 1000;
  while (size >= 999.5 && steps.length > 1) {
    size /= 1000;
    steps.shift();
  }
  return `${size < 9.95 ? size.toFixed(1).replace(/\.0$/, '') : Math.round(size)} ${steps[0]}`;
}
