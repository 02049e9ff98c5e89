// The zone somebody lives in decides where their days begin. Zones are named as IANA names them. An offset such as +02:00
// is none: it knows no summer, and PostgreSQL reads its sign the other way round.

export const UTC = 'UTC';

export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.length > 64) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A day of the calendar, `2026-11-25`, wherever one is. */
export function isDay(text: string): boolean {
  if (!/^2\d{3}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // JavaScript makes March of the 30th of February.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** A month of the calendar, `2026-11`. */
export function isMonth(text: string): boolean {
  return isDay(`${text}-01`);
}

/** The day it is there at that time. */
export function dayAt(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)!.value;
  return `${part('year')}-${part('month')}-${part('day')}`;
}
