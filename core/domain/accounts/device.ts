/** A browser and its machine in words that a person recognises, from what the browser says of itself: a hint, no proof. */
export function deviceOf(userAgent: string | null): string {
  const said = (userAgent ?? '').slice(0, 500);
  const browser = first(browsers, said);
  const machine = first(machines, said);
  if (browser === null && machine === null) return 'Unknown device';
  if (browser === null) return machine!;
  return machine === null ? browser : `${browser} on ${machine}`;
}

// Each names itself after those it wants to be taken for, so the rarer come first.
const browsers = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Vivaldi\//, 'Vivaldi'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
] as const;

const machines = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux|X11/, 'Linux'],
] as const;

function first(names: readonly (readonly [RegExp, string])[], said: string): string | null {
  return names.find(([pattern]) => pattern.test(said))?.[1] ?? null;
}
