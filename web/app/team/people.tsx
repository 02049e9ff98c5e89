// A team: who is in it as what, who is invited, what roles mean, and one's other teams.

import { Mail, Users } from 'lucide-react';
import { redirect, useLoaderData, type MetaFunction } from 'react-router';
import { asNumber, micro } from '#core/domain/credits/credits.ts';
import { platformName } from '#core/domain/messages/platforms.ts';
import { may, roles } from '#core/domain/team/permission.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { MemberView } from '#core/flows/team/members.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { SelectField, TextField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Credits, Time, useReader } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { inviteWords, memberWords, rolesTitle, roleWords, teamWords } from '../texts/team.ts';
import { Named } from './named.tsx';
import { TeamPage } from './nav.tsx';

export const loader = guarded('login', async ({ app, actor, brandName }) => {
  const [team, members, invitations, teams] = await Promise.all([
    app.team.get(actor),
    may(actor.role, 'team.see') ? app.team.members(actor) : null,
    may(actor.role, 'team.manage') ? app.team.invitations(actor) : null,
    app.accounts.teamsOf(actor),
  ]);
  return {
    brandName,
    team,
    teams,
    invitations,
    members: members?.map(({ spent, ...member }) => ({ ...member, spent: asNumber(micro(spent)) })) ?? null,
    mayRename: may(actor.role, 'team.settings'),
    /** Where the list of members is not theirs to see, they can leave all the same. */
    mayLeave: members?.some(({ you, canGo }) => you && canGo) ?? true,
    roles: roles.map((role) => ({ role, ...roleWords[role] })),
  };
});

type Loaded = ReturnType<typeof useLoaderData<typeof loader>>;
type ShownMember = Omit<MemberView, 'spent'> & { readonly spent: number };

export const action = guarded('login', async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    switch (intent.split(' ')[0]) {
      case 'invite':
        await app.team.invite(actor, { email: text('email'), role: text('role') });
        return redirect('/team?done=invited');
      case 'resend':
        await app.team.resendInvitation(actor, text('id'));
        return redirect('/team?done=resent');
      case 'revoke':
        await app.team.revokeInvitation(actor, text('id'));
        return redirect('/team?done=revoked');
      case 'role':
        await app.team.changeRole(actor, text('id'), text('role'));
        return redirect('/team?done=role');
      case 'remove':
        await app.team.removeMember(actor, text('id'));
        return redirect('/team?done=removed');
      case 'leave':
        await app.team.leave(actor);
        return redirect('/team?done=left');
      case 'rename':
        await app.team.rename(actor, text('name'));
        return redirect('/team?done=renamed');
      case 'switch':
        await app.accounts.chooseTeam(actor, text('team'));
        return redirect('/team?done=switched');
      case 'make': {
        const { teamId } = await app.team.make(actor, text('name'));
        await app.accounts.chooseTeam(actor, teamId);
        return redirect('/team?done=made');
      }
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Team · ${loaderData?.brandName}` }];

export default function People() {
  const { team, members, invitations } = useLoaderData<typeof loader>();
  return (
    <TeamPage title={team.name} lead={memberWords.lead(team.role)}>
      {members !== null && <Members members={members} />}
      {invitations !== null && <Invite gives={team.gives} />}
      {invitations !== null && <Invitations invitations={invitations} />}
      <Roles />
      <Teams />
    </TeamPage>
  );
}

function Members({ members }: { members: readonly ShownMember[] }) {
  return (
    <Card title={memberWords.title} flush>
      <ul className="divide-y divide-hairline border-t border-hairline">
        {members.map((member) => (
          <Member key={member.id} member={member} />
        ))}
      </ul>
    </Card>
  );
}

function Member({ member }: { member: ShownMember }) {
  const { name, email, role, since, lastSeenAt, spent, identities, you, canBecome, canGo } = member;
  return (
    <li className="px-5 py-4 sm:px-6">
      <div className="grid gap-x-6 gap-y-2 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-start">
        <div className="min-w-0">
          <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
            <span className="wrap-anywhere">{name}</span>
            <Tag tone={role === 'owner' ? 'accent' : 'plain'}>{roleWords[role].name}</Tag>
            {you && <Tag>You</Tag>}
          </h3>
          <p className="text-sm wrap-anywhere text-soft">{email}</p>
          {identities.length > 0 && (
            <p className="text-sm wrap-anywhere text-soft">
              {identities.map(({ platform, name: account }) => `${account ?? 'an account'} on ${platformName(platform)}`).join(', ')}
            </p>
          )}
        </div>
        <dl className="grid grid-cols-3 gap-x-6 text-sm sm:w-96 sm:text-right">
          <Fact label="Since">
            <Time at={since} style="date" />
          </Fact>
          <Fact label="Last active">{lastSeenAt === null ? memberWords.never : <Time at={lastSeenAt} style="ago" />}</Fact>
          <Fact label="This month">
            <Credits amount={spent} /> <span className="text-soft">{spent === 1 ? 'credit' : 'credits'}</span>
          </Fact>
        </dl>
      </div>
      {(canBecome.length > 0 || canGo || you) && (
        <div className="mt-1 -ml-3.5 flex flex-wrap items-start gap-y-2">
          {canBecome.length > 0 && <ChangeRole member={member} />}
          {canGo ? <Goes member={member} /> : you && <p className="py-2 pl-3.5 text-sm text-soft">{whyStay(member)}</p>}
        </div>
      )}
    </li>
  );
}

function whyStay({ personal }: { personal: boolean }): string {
  return personal ? memberWords.personal : memberWords.lastOwner;
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-soft">{label}</dt>
      <dd className="numbers">{children}</dd>
    </div>
  );
}

function ChangeRole({ member: { id, name, role, canBecome } }: { member: ShownMember }) {
  const intent = `role ${id}`;
  const problem = useProblem(intent);
  return (
    <details open={problem !== null} className="group open:mr-2 open:ml-3.5">
      <summary className="inline-flex min-h-9 items-center rounded-full px-3.5 text-sm font-medium text-accent group-open:hidden hover:bg-accent-wash">
        <Named short="Change role" rest={`of ${name}`} />
      </summary>
      <Form intent={intent} className="w-64 max-w-full rounded-control border border-hairline bg-sunken p-4">
        <input type="hidden" name="id" value={id} />
        <SelectField label="Role" name="role" defaultValue={role} error={problem?.fields['role']}>
          {[role, ...canBecome].map((each) => (
            <option key={each} value={each}>
              {roleWords[each].name}
            </option>
          ))}
        </SelectField>
        <Button small className="mt-3">
          Save
        </Button>
      </Form>
    </details>
  );
}

function Goes({ member: { id, name, you } }: { member: ShownMember }) {
  return you ? (
    <Leave />
  ) : (
    <Confirm label={<Named short="Remove" rest={name} />} look="quiet" small className="open:ml-3.5">
      <Form intent={`remove ${id}`}>
        <input type="hidden" name="id" value={id} />
        <p className="mb-3 max-w-prose text-sm">{memberWords.remove(name)}</p>
        <Button look="danger" small>
          Remove member
        </Button>
      </Form>
    </Confirm>
  );
}

function Leave() {
  return (
    <Confirm label="Leave" look="quiet" small className="open:ml-3.5">
      <Form intent="leave">
        <p className="mb-3 max-w-prose text-sm">{memberWords.leave}</p>
        <Button look="danger" small>
          Leave team
        </Button>
      </Form>
    </Confirm>
  );
}

function Invite({ gives }: { gives: Loaded['team']['gives'] }) {
  const problem = useProblem('invite');
  return (
    <Card title={inviteWords.title} lead={inviteWords.lead}>
      <Form intent="invite" className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_12rem_auto] sm:items-start">
        <TextField
          label="Email address"
          name="email"
          type="email"
          required
          maxLength={254}
          autoComplete="off"
          error={problem?.fields['email']}
        />
        <SelectField label="Role" name="role" defaultValue="member" error={problem?.fields['role']}>
          {gives.map((role) => (
            <option key={role} value={role}>
              {roleWords[role].name}
            </option>
          ))}
        </SelectField>
        <Button look="main" intent="invite" busyWords="Sending …" className="sm:mt-[1.625rem]">
          Send invitation
        </Button>
      </Form>
    </Card>
  );
}

function Invitations({ invitations }: { invitations: NonNullable<Loaded['invitations']> }) {
  const { now } = useReader();
  if (invitations.length === 0)
    return (
      <Card title={inviteWords.open} flush>
        <Empty icon={<Mail />} title="No open invitations">
          Invitations appear here until they are answered.
        </Empty>
      </Card>
    );
  return (
    <Card title={inviteWords.open} flush>
      <ul className="divide-y divide-hairline border-t border-hairline">
        {invitations.map(({ id, email, role, by, sentAt, expiresAt, againAt }) => (
          <li key={id} className="px-5 py-4 sm:px-6">
            <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
              <span className="wrap-anywhere">{email}</span>
              <Tag>{roleWords[role].name}</Tag>
            </h3>
            <p className="text-sm text-soft">
              Sent by {by} <Time at={sentAt} style="ago" />, expires <Time at={expiresAt} style="short" />
            </p>
            <div className="mt-1 -ml-3.5 flex flex-wrap items-start gap-y-2">
              {againAt <= now ? (
                <Form intent={`resend ${id}`}>
                  <input type="hidden" name="id" value={id} />
                  <Button look="quiet" small>
                    <Named short="Resend" rest={`the invitation for ${email}`} />
                  </Button>
                </Form>
              ) : (
                <p className="py-2 pl-3.5 text-sm text-soft">
                  {inviteWords.soon} <Time at={againAt} />
                </p>
              )}
              <Confirm label={<Named short="Revoke" rest={`the invitation for ${email}`} />} look="quiet" small className="open:ml-3.5">
                <Form intent={`revoke ${id}`}>
                  <input type="hidden" name="id" value={id} />
                  <p className="mb-3 text-sm">{inviteWords.revoke(email)}</p>
                  <Button look="danger" small>
                    Revoke invitation
                  </Button>
                </Form>
              </Confirm>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Roles() {
  const { roles: all } = useLoaderData<typeof loader>();
  return (
    <Card>
      <details>
        <summary className="flex min-h-11 items-center gap-2 font-medium text-accent">
          <Users aria-hidden className="size-5" />
          {rolesTitle}
        </summary>
        <dl className="mt-3 grid gap-x-6 gap-y-3 sm:grid-cols-[8rem_minmax(0,1fr)]">
          {all.map(({ role, name, may: words }) => (
            <div key={role} className="sm:contents">
              <dt className="font-medium">{name}</dt>
              <dd className="text-soft">{words}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Card>
  );
}

function Teams() {
  const { team, teams, mayRename, mayLeave, members } = useLoaderData<typeof loader>();
  const rename = useProblem('rename');
  const make = useProblem('make');
  return (
    <div className="grid gap-6 sm:gap-8 lg:grid-cols-2">
      <Card title={teamWords.yours} lead={teamWords.yoursLead} flush>
        <ul className="divide-y divide-hairline border-t border-hairline">
          {teams.map(({ teamId, name, role, personal, current }) => (
            <li key={teamId} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-3 sm:px-6">
              <div className="min-w-0">
                <h3 className="font-medium wrap-anywhere">{name}</h3>
                <p className="text-sm text-soft">
                  {roleWords[role].name}
                  {personal && ', your personal team'}
                </p>
              </div>
              {current ? (
                <Tag tone="good">Current team</Tag>
              ) : (
                <Form intent={`switch ${teamId}`}>
                  <input type="hidden" name="team" value={teamId} />
                  <Button small>
                    <Named short="Switch" rest={`to ${name}`} />
                  </Button>
                </Form>
              )}
            </li>
          ))}
        </ul>
      </Card>
      <Card>
        {mayRename && (
          <Form intent="rename" className="mb-8">
            <TextField label={teamWords.name} name="name" required maxLength={60} defaultValue={team.name} error={rename?.fields['name']} />
            <Button className="mt-3" busyWords="Saving …">
              Rename
            </Button>
          </Form>
        )}
        <Form intent="make">
          <TextField label={teamWords.make} name="name" required maxLength={60} hint={teamWords.makeHint} error={make?.fields['name']} />
          <Button className="mt-3" busyWords="Making it …">
            Create team
          </Button>
        </Form>
        {members === null && mayLeave && (
          <div className="mt-8">
            <Leave />
          </div>
        )}
      </Card>
    </div>
  );
}
