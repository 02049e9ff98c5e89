/** How much of each a team or person can have, and how often. Each keeps somebody from being flooded: us, or a mailbox. */
export const teamLimits = {
  /** Teams that one person owns. */
  teams: 20,
  /** API keys of one person in one team. */
  keys: 20,
  openInvitations: 50,
  invitationDays: 7,
  /** Between two mails of one invitation. */
  resendMinutes: 10,
  /** Mails of invitations a day, from one team. */
  invitationsADay: 100,
  /** Mails of invitations a day to one address, from all teams. */
  invitationsToOneADay: 5,
  /** How long a link from a chat works. */
  linkMinutes: 10,
} as const;
