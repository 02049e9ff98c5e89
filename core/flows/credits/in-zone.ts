import { isTimeZone } from '#core/domain/text/time-zone.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';

/** PostgreSQL's word for a zone it has never heard of: its list may be older than ours. */
const INVALID_PARAMETER_VALUE = '22023';

/** Does what needs days, which begin where somebody lives. */
export async function inZone<T>(timeZone: string, work: () => Promise<T>): Promise<T> {
  if (!isTimeZone(timeZone)) throw unknownZone();
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === INVALID_PARAMETER_VALUE) throw unknownZone();
    throw error;
  }
}

function unknownZone() {
  return refuse('request.invalid', { fields: [{ name: 'timeZone', problem: 'must be a time zone such as Europe/Berlin' }] });
}
