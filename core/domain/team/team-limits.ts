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
  /**
   * Mails of invitations a day to one address. The first of a team, and of a person in all their teams, does not count among
   * those of others: nobody can keep an address from being invited. Only accounts that are new share how many firsts there are.
   */
  repeatsToOneADay: 4,
  firstsOfNewToOneADay: 20,
  /** To one address that joins nobody: from one team, and beyond the firsts from all of them. */
  unansweredDays: 30,
  unansweredOfTeam: 5,
  unansweredRepeats: 20,
  /** How long a link from a chat works. */
  linkMinutes: 10,
} as const;

/**
 * Mails of invitations a day by one person, in all their teams. An account that was made to send advertisements is new and has
 * bought nothing; whoever sets up a team has invited the first ten people by the evening.
 */
export function invitationsOfPersonADay(account: Standing): number {
  if (isEstablished(account)) return teamLimits.invitationsADay;
  return account.accountDays >= 1 ? 30 : 10;
}

interface Standing {
  readonly accountDays: number;
  readonly hasBought: boolean;
}

export function isEstablished({ accountDays, hasBought }: Standing): boolean {
  return hasBought || accountDays >= NEW_DAYS;
}

export const NEW_DAYS = 7;
