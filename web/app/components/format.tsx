// Numbers and times in the reader's own way. Server and browser write the same characters, because both take the
// locale, the time zone and "now" from the page's data.

import { useRouteLoaderData } from 'react-router';
import type { Reader } from '../reader.ts';
import type { RootData } from '../root-data.ts';

const somebody: Reader = { locale: 'en', timeZone: 'UTC', theme: 'system', now: '1970-01-01T00:00:00.000Z' };

export function useReader(): Reader {
  return useRouteLoaderData<RootData>('root')?.reader ?? somebody;
}

export function useBrand(): string {
  return useRouteLoaderData<RootData>('root')?.brandName ?? '';
}

/** 1,234.5. Credits are numbers here, with at most six decimals; two are shown unless the rest is all there is. */
export function formatNumber(
  amount: number,
  { locale }: Pick<Reader, 'locale'>,
  most = amount !== 0 && Math.abs(amount) < 0.01 ? 6 : 2,
): string {
  return number(locale, most).format(amount);
}

export function Credits({ amount, sign = false }: { amount: number; /** +12 for what came in. */ sign?: boolean }) {
  const reader = useReader();
  return (
    <span suppressHydrationWarning className="numbers whitespace-nowrap">
      {sign && amount > 0 ? '+' : ''}
      {formatNumber(amount, reader).replace('-', '−')}
    </span>
  );
}

/** To the last decimal, for what is added up. */
export function ExactCredits({ amount, sign = false }: { amount: number; sign?: boolean }) {
  const reader = useReader();
  return (
    <span suppressHydrationWarning className="numbers whitespace-nowrap">
      {sign && amount > 0 ? '+' : ''}
      {formatNumber(amount, reader, 6).replace('-', '−')}
    </span>
  );
}

/** A day of the calendar, 2026-11-25: "Nov 25", or with the year. It is the same day everywhere. */
export function formatDay(day: string, { locale }: Pick<Reader, 'locale'>, style: 'day' | 'date' | 'month' = 'day'): string {
  return calendar(locale, style).format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
}

export type TimeStyle = 'ago' | 'short' | 'long' | 'date';

/** `at` is ISO 8601. The whole of it is one hover or one screen reader away. */
export function Time({ at, style = 'short' }: { at: string; style?: TimeStyle }) {
  const reader = useReader();
  return (
    <time suppressHydrationWarning dateTime={at} title={formatTime(at, 'long', reader)} className="whitespace-nowrap">
      {formatTime(at, style, reader)}
    </time>
  );
}

export function formatTime(at: string, style: TimeStyle, { locale, timeZone, now }: Reader): string {
  if (style === 'ago') return formatAgo(at, { locale, timeZone, now });
  return dateTime(locale, timeZone, style).format(new Date(at));
}

function formatAgo(at: string, reader: Pick<Reader, 'locale' | 'timeZone' | 'now'>): string {
  const seconds = (Date.parse(at) - Date.parse(reader.now)) / 1000;
  if (Math.abs(seconds) < 45) return 'just now';
  const [unit, size] = steps.find(([, each]) => Math.abs(seconds) >= each * 0.75) ?? steps.at(-1)!;
  if (unit === 'day' && Math.abs(seconds) > 6 * 86_400) return dateTime(reader.locale, reader.timeZone, 'date').format(new Date(at));
  return relative(reader.locale).format(Math.round(seconds / size), unit);
}

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** 16 kB. */
export function formatBytes(bytes: number, { locale }: Pick<Reader, 'locale'>): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[unit]!,
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0,
  }).format(size);
}

// Making a formatter costs far more than using it.
const made = new Map<string, unknown>();

function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) {
    if (made.size > 500) made.clear(); // locales come from outside
    made.set(key, make());
  }
  return made.get(key) as T;
}

const number = (locale: string, most: number) =>
  once(`n ${locale} ${most}`, () => new Intl.NumberFormat(locale, { maximumFractionDigits: most }));
const relative = (locale: string) => once(`r ${locale}`, () => new Intl.RelativeTimeFormat('en', { numeric: 'auto' }));
const calendarShapes = {
  day: { day: 'numeric', month: 'short' },
  date: { dateStyle: 'medium' },
  month: { month: 'long', year: 'numeric' },
} as const;
const calendar = (locale: string, style: keyof typeof calendarShapes) =>
  once(`c ${locale} ${style}`, () => new Intl.DateTimeFormat(locale, { ...calendarShapes[style], timeZone: 'UTC' }));
const shapes = {
  short: { dateStyle: 'medium', timeStyle: 'short' },
  long: { dateStyle: 'full', timeStyle: 'long' },
  date: { dateStyle: 'medium' },
} as const;
const dateTime = (locale: string, timeZone: string, style: keyof typeof shapes) =>
  once(`d ${locale} ${timeZone} ${style}`, () => new Intl.DateTimeFormat(locale, { ...shapes[style], timeZone }));
