// How long a task waits for its person's approval.

/** A task that nobody approves in this time is canceled, and its person is told. */
export const APPROVAL_HOURS = 24;
export const APPROVAL_MS = APPROVAL_HOURS * 3_600_000;
