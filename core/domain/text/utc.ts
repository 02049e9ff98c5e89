// A time for readers whose time zone we don't know.

const format = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});

/** "Dec 1, 2026 at 12:00 AM UTC". Throws a RangeError for an invalid date. */
export function sayUtc(at: Date): string {
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part['month']} ${part['day']}, ${part['year']} at ${part['hour']}:${part['minute']} ${part['dayPeriod']} UTC`;
}
