// How a reader wants numbers, times and colours. It comes from the browser, so anything in it may be nonsense.

export interface Reader {
  /** A BCP 47 tag, for Intl. */
  readonly locale: string;
  /** An IANA time zone, for Intl; UTC until the browser has told us. */
  readonly timeZone: string;
  readonly theme: Theme;
  /** When the page was made (ISO 8601): server and browser count "2 hours ago" from the same moment. */
  readonly now: string;
}

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const TIME_ZONE_COOKIE = 'tz';
export const THEME_COOKIE = 'theme';

export function readReader(headers: Headers, now: Date): Reader {
  const theme = cookieOf(headers, THEME_COOKIE);
  return {
    locale: localeOf(headers.get('accept-language')),
    timeZone: timeZoneOf(cookieOf(headers, TIME_ZONE_COOKIE)),
    theme: themes.find((each) => each === theme) ?? 'system',
    now: now.toISOString(),
  };
}

function localeOf(accepted: string | null): string {
  // The first is the one they like best; numbers in it are understood, though the words are English.
  const tag = /^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})(?=\s*[,;]|\s*$)/.exec(accepted ?? '')?.[1];
  return known(`locale ${tag}`, () => Intl.DateTimeFormat.supportedLocalesOf(tag ?? 'en')[0]) ?? 'en';
}

function timeZoneOf(zone: string | null): string {
  return known(`zone ${zone}`, () => new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC' }).resolvedOptions().timeZone) ?? 'UTC';
}

// Looking one up costs as much as a small page, and most readers are like the one before.
const lookedUp = new Map<string, string | undefined>();

/** undefined when Intl does not know it. */
function known(name: string, lookUp: () => string | undefined): string | undefined {
  if (!lookedUp.has(name)) {
    if (lookedUp.size > 1_000) lookedUp.clear(); // they come from outside
    lookedUp.set(name, tried(lookUp));
  }
  return lookedUp.get(name);
}

function tried(lookUp: () => string | undefined): string | undefined {
  try {
    return lookUp();
  } catch {
    return undefined;
  }
}

export function cookieOf(headers: Headers, name: string): string | null {
  for (const pair of (headers.get('cookie') ?? '').split(';')) {
    const [key, value = ''] = pair.trim().split('=', 2);
    if (key !== name) continue;
    try {
      return decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return null;
}
