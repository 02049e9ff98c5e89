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
  /** To one address that joins nobody, from one team and from all of them. */
  unansweredDays: 30,
  unansweredOfTeam: 5,
  unansweredOfAll: 20,
  /** How long a link from a chat works. */
  linkMinutes: 10,
} as const;

/**
 * Mails of invitations a day by one person, in all their teams. An account that was made to send advertisements is new and has
 * bought nothing; whoever sets up a team has invited the first ten people by the evening.
 */
export function invitationsOfPersonADay({ accountDays, hasBought }: { accountDays: number; hasBought: boolean }): number {
  if (hasBought || accountDays >= 7) return teamLimits.invitationsADay;
  return accountDays >= 1 ? 30 : 10;
}
