// Behind a link from a chat: both sides, and nothing happens until a person says yes. Whoever was sent somebody else's link
// sees here whose account it is.

import type { ReactNode } from 'react';
import { redirect, useLoaderData, type MetaFunction } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { SelectField } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Notice } from '../components/notice.tsx';
import { Card, Page } from '../components/page.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { readReader } from '../reader.ts';
import { confirmWords } from '../texts/team.ts';
import { CapFields } from './caps.tsx';
import { readCaps, typedCaps } from './read-caps.ts';

export const loader = guarded('login', async ({ app, actor, params, brandName }) => {
  const [link, teams] = await Promise.all([app.workspaces.lookAtLink(actor, params['token'] ?? ''), app.accounts.teamsOf(actor)]);
  const { caps } = link;
  return {
    brandName,
    link,
    caps: caps && typedCaps(caps),
    teams: teams.filter(({ current }) => !current).map(({ teamId, name }) => ({ teamId, name })),
  };
});

export const action = guarded('login', async (visit) => {
  const { app, actor, request, params, url, now } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    if (intent === 'switch') {
      await app.accounts.chooseTeam(actor, text('team'));
      return redirect(url.pathname);
    }
    const kind = await app.workspaces.confirmLink(actor, params['token'] ?? '', {
      userId: text('user'),
      teamId: text('team'),
      ...(text('kind') === 'workspace' && { caps: readCaps(text), timeZone: readReader(request.headers, now).timeZone }),
    });
    return redirect(`/team/workspaces?done=${kind === 'workspace' ? 'workspace-linked' : 'account-linked'}`);
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [
  { title: `${loaderData ? confirmWords[loaderData.link.kind] : 'Link'} · ${loaderData?.brandName}` },
];

export default function LinkPage() {
  const { link } = useLoaderData<typeof loader>();
  const { kind, platform, state, you, team } = link;
  const chat = platformName(platform);
  return (
    <Page
      title={confirmWords[kind]}
      lead={kind === 'identity' ? confirmWords.identityLead(chat) : confirmWords.workspaceLead}
      width="narrow"
    >
      <Card>
        <dl className="grid gap-6 sm:grid-cols-2">
          <TheirSide />
          <Side label="Here">
            {kind === 'workspace' ? (
              <>
                <p className="font-medium wrap-anywhere">{team.name}</p>
                <p className="text-sm text-soft">Your team</p>
              </>
            ) : (
              <>
                <p className="font-medium wrap-anywhere">{you.name}</p>
                <p className="text-sm wrap-anywhere text-soft">{you.email}</p>
              </>
            )}
          </Side>
        </dl>
        <div className="mt-6">{state === 'free' ? <SayYes /> : <Otherwise />}</div>
      </Card>
      {kind === 'workspace' && <OtherTeam />}
    </Page>
  );
}

function TheirSide() {
  const { kind, platform, accountName, placeName, externalId } = useLoaderData<typeof loader>().link;
  const name = kind === 'workspace' ? placeName : accountName;
  const note = kind === 'workspace' ? accountName !== null && `Requested by ${accountName}` : placeName !== null && `In ${placeName}`;
  return (
    <Side label={`On ${platformName(platform)}`}>
      <p className="font-medium wrap-anywhere">{name ?? externalId}</p>
      {note !== false && <p className="text-sm wrap-anywhere text-soft">{note}</p>}
      <p className="text-sm wrap-anywhere text-soft">Id {externalId}</p>
    </Side>
  );
}

function Side({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-control bg-sunken p-4">
      <dt className="text-sm text-soft">{label}</dt>
      <dd className="mt-1">{children}</dd>
    </div>
  );
}

function SayYes() {
  const { link, caps } = useLoaderData<typeof loader>();
  const { kind, platform, you, team } = link;
  const problem = useProblem('confirm');
  return (
    <Form intent="confirm">
      <input type="hidden" name="user" value={you.userId} />
      <input type="hidden" name="team" value={team.id} />
      <input type="hidden" name="kind" value={kind} />
      <p>{kind === 'workspace' ? confirmWords.workspaceAfter(team.name) : confirmWords.identityAfter(platformName(platform))}</p>
      {caps !== null && (
        <div className="mt-5">
          <CapFields caps={caps} problem={problem} />
        </div>
      )}
      {kind === 'identity' && <p className="mt-2 text-sm text-soft">{confirmWords.notYou}</p>}
      <div className="mt-5 flex flex-wrap gap-3">
        <Button look="main" busyWords="Linking …">
          {kind === 'workspace' ? 'Link workspace' : 'Link account'}
        </Button>
        <LinkButton to="/dashboard">Cancel</LinkButton>
      </div>
    </Form>
  );
}

function Otherwise() {
  const { kind, state } = useLoaderData<typeof loader>().link;
  const what = kind === 'workspace' ? 'workspace' : 'account';
  if (state === 'yours')
    return (
      <Notice tone="good" title={`This ${what} is already linked.`}>
        <p>Nothing left to do.</p>
      </Notice>
    );
  if (state === 'forbidden')
    return (
      <Notice tone="warn" title="Only owners and admins of the team can link workspaces.">
        <p>Ask one of them, or choose another team below.</p>
      </Notice>
    );
  return (
    <Notice
      tone="bad"
      title={
        kind === 'workspace'
          ? 'This workspace is already linked to another team.'
          : 'This chat account is already linked to another account.'
      }
    >
      <p>{kind === 'workspace' ? 'An owner or admin of that team can unlink it.' : 'Log in to that account and unlink it first.'}</p>
    </Notice>
  );
}

/** The team that pays is a choice. */
function OtherTeam() {
  const { teams } = useLoaderData<typeof loader>();
  if (teams.length === 0) return null;
  return (
    <Card title="Use another team">
      <Form intent="switch" className="flex flex-wrap items-end gap-3">
        <SelectField label="Team" name="team" className="min-w-48 flex-1">
          {teams.map(({ teamId, name }) => (
            <option key={teamId} value={teamId}>
              {name}
            </option>
          ))}
        </SelectField>
        <Button>Switch team</Button>
      </Form>
    </Card>
  );
}
