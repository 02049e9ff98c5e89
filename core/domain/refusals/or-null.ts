import { isRefusal } from './refusal.ts';

/** What was read; null where reading it is refused. Any other error is thrown on. */
export function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}
