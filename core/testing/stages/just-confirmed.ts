/** Of an actor whose login is always fresh, however far a test sets its clock ahead. */
export const justConfirmed = { confirmedAt: new Date('9999-12-31') } as const;
