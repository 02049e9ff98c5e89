// Inviting somebody by mail. Whether an address has an account is nobody's business: inviting does the same either way, and
// who opens the link learns nothing about it. Only the owner of the mailbox can accept, logged in with the invited address.

import type { Actor } from '#core/domain/actor.ts';
import { isId, type InvitationId, type TeamId } from '#core/domain/ids.ts';
import { maskMailAddress, readMailAddress } from '#core/domain/mail/mail-address.ts';
import { refuse, type InvitationEnd } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed, type Role } from '#core/domain/team/permission.ts';
import { isRole } from '#core/domain/team/roles.ts';
import { teamLimits } from '#core/domain/team/team-limits.ts';
import { newBearer } from '#core/store/database/bearer.ts';
import type { Invited, WriteMail } from '#core/store/team/invitations.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';

export interface InvitationView {
  readonly id: InvitationId;
  readonly email: string;
  readonly role: Role;
  /** The name of whoever sent it last. */
  readonly by: string;
  readonly sentAt: string;
  readonly expiresAt: string;
  /** From then on it can be sent again. */
  readonly againAt: string;
}

export type InvitationSeen =
  | {
      readonly state: 'open';
      readonly team: string;
      readonly by: string;
      readonly role: Role;
      /** For whom it is, as far as its owner needs to see it. */
      readonly email: string;
      readonly expiresAt: string;
    }
  | { readonly state: 'over'; readonly why: InvitationEnd };

export function invitationVerbs(core: Core) {
  const { invitations } = core.store;

  /** A mail goes out once for each link. */
  const mailWith =
    (token: string): WriteMail =>
    ({ id, number, email, role, team, by, expiresAt }, on) => {
      const url = `${core.settings.publicUrl}/invitations/${token}`;
      return writeMail(
        core,
        { key: `invitation:${id}:${number}`, to: email, saying: { kind: 'invitation', team, by, role, url }, expiresAt },
        on,
      );
    };

  return {
    /**
     * Rejects with `role.above`, `member.already`, `invitation.already`, `invitation.unanswered`, `invitations.too-many` or
     * `invitations.too-often`.
     */
    async invite(actor: Actor, { email, role }: { email: string; role: string }): Promise<{ invitationId: InvitationId }> {
      mustBeAllowed(actor, 'team.manage');
      mustSendMail(core);
      const address = readMailAddress(email);
      if (!isRole(role)) throw refuse('request.invalid', { fields: [{ name: 'role', problem: 'is not one of the roles' }] });
      const token = newBearer();
      const invitation = { teamId: actor.teamId, by: actor.userId, email: address, role, token };
      const invitationId = sent(await invitations.make(invitation, mailWith(token), core.clock.now()), address);
      core.log.info({ teamId: actor.teamId, invitationId, by: actor.userId, role }, 'invitation sent');
      return { invitationId };
    },

    /** Those that wait for an answer, newest first. */
    async invitations(actor: Actor): Promise<InvitationView[]> {
      mustBeAllowed(actor, 'team.manage');
      const open = await invitations.open(actor.teamId, core.clock.now());
      return open.map(({ id, email, role, by, sentAt, expiresAt }) => ({
        id,
        email,
        role,
        by,
        sentAt: sentAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
        againAt: new Date(sentAt.getTime() + teamLimits.resendMinutes * 60_000).toISOString(),
      }));
    },

    /** Another mail with a new link; the one before stops working. Rejects with `invitation.not-found` or `invitation.soon`. */
    async resendInvitation(actor: Actor, invitationId: string): Promise<void> {
      mustBeAllowed(actor, 'team.manage');
      if (!isId(invitationId)) throw refuse('invitation.not-found');
      mustSendMail(core);
      const token = newBearer();
      const invitation = { teamId: actor.teamId, by: actor.userId, id: invitationId as InvitationId, token };
      sent(await invitations.again(invitation, mailWith(token), core.clock.now()), '');
      core.log.info({ teamId: actor.teamId, invitationId, by: actor.userId }, 'invitation sent again');
    },

    async revokeInvitation(actor: Actor, invitationId: string): Promise<void> {
      mustBeAllowed(actor, 'team.manage');
      if (!isId(invitationId)) throw refuse('invitation.not-found');
      const id = invitationId as InvitationId;
      const revoked = await invitations.revoke({ teamId: actor.teamId, by: actor.userId, id }, core.clock.now());
      if (revoked !== 'revoked') throw refuse(revoked);
    },

    /** What an invitation says to whoever has its link, also without a login. */
    async lookAtInvitation(token: string): Promise<InvitationSeen> {
      const seen = await invitations.look(token, core.clock.now());
      if (seen.outcome === 'over') return { state: 'over', why: seen.why };
      const { team, by, role, email, expiresAt } = seen;
      return { state: 'open', team, by, role, email: maskMailAddress(email), expiresAt: expiresAt.toISOString() };
    },

    /**
     * Joins the team. Rejects with `invitation.over`, and `invitation.elsewhere` for somebody with another address. Who is a
     * member already keeps their role.
     */
    async acceptInvitation(actor: Actor, token: string): Promise<{ teamId: TeamId; joined: boolean }> {
      const answer = await invitations.accept(token, actor.userId, core.clock.now());
      switch (answer.outcome) {
        case 'over':
          throw refuse('invitation.over', { why: answer.why });
        case 'elsewhere':
          throw refuse('invitation.elsewhere', { email: maskMailAddress(answer.email) });
        case 'unconfirmed':
          throw refuse('invitation.unconfirmed');
        case 'accepted':
          if (answer.joined) core.log.info({ teamId: answer.teamId, userId: actor.userId }, 'member joined');
          return { teamId: answer.teamId, joined: answer.joined };
      }
    },

    /** Whoever has the link may, also without a login. */
    async declineInvitation(token: string): Promise<void> {
      const answer = await invitations.decline(token, core.clock.now());
      if (answer.outcome === 'over') throw refuse('invitation.over', { why: answer.why });
    },
  };
}

/** An invitation without its mail would wait for an answer that cannot come. */
function mustSendMail({ mailer }: Core): void {
  if (mailer === null) throw refuse('mail.off');
}

function sent(invited: Invited, email: string): InvitationId {
  switch (invited.outcome) {
    case 'sent':
      return invited.id;
    case 'member.already':
    case 'invitation.already':
      throw refuse(invited.outcome, { email });
    case 'invitations.too-many':
      throw refuse('invitations.too-many', { most: teamLimits.openInvitations });
    case 'not.allowed':
    case 'role.above':
    case 'invitation.soon':
    case 'invitation.not-found':
    case 'invitations.too-often':
    case 'invitation.unanswered':
      throw refuse(invited.outcome);
  }
}
