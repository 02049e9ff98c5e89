// Where the team can be asked from: its workspaces on chat platforms, and one's own accounts there.

import { Link2, MessagesSquare } from 'lucide-react';
import { redirect, useLoaderData, type MetaFunction } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { may } from '#core/domain/team/permission.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button, buttonClass } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Checkbox } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { readReader } from '../reader.ts';
import { placeWords } from '../texts/places.ts';
import { capWords, linkWords } from '../texts/team.ts';
import { CapFields } from './caps.tsx';
import { Named } from './named.tsx';
import { TeamPage } from './nav.tsx';
import { readCaps, typedCaps, type TypedCaps } from './read-caps.ts';
import { ChangeWhereToAsk } from './where-to-ask.tsx';

export const loader = guarded('team.see', async ({ app, actor, brandName, installs }) => {
  const [workspaces, accounts] = await Promise.all([app.workspaces.linkedWorkspaces(actor), app.workspaces.linkedAccounts(actor)]);
  return {
    brandName,
    workspaces: workspaces.map(({ caps, ...workspace }) => ({ ...workspace, caps: typedCaps(caps) })),
    accounts,
    mayManage: may(actor.role, 'workspaces.manage'),
    installs,
  };
});

export const action = guarded('team.see', async (visit) => {
  const { app, actor, request, now } = visit;
  const { intent, text, all } = await readForm(request);
  return attempt(visit, intent, async () => {
    switch (intent.split(' ')[0]) {
      case 'workspace':
        await app.workspaces.unlinkWorkspace(actor, text('id'));
        return redirect('/team/workspaces?done=workspace-unlinked');
      case 'change':
        await app.workspaces.changeWorkspace(actor, text('id'), {
          caps: readCaps(text),
          guestsMayAsk: text('guests') === 'on',
          timeZone: readReader(request.headers, now).timeZone,
        });
        return redirect('/team/workspaces?done=workspace-saved');
      case 'places':
        await app.workspaces.changeWhereToAsk(actor, text('id'), {
          onlyListed: text('listed') === 'yes',
          direct: text('direct') === 'on',
          shown: all('shown'),
          open: all('open'),
          keptRoles: all('role'),
        });
        return redirect('/team/workspaces?done=workspace-saved');
      case 'account':
        await app.workspaces.unlinkAccount(actor, text('id'));
        return redirect('/team/workspaces?done=account-unlinked');
      default:
        throw refuse('request.malformed');
    }
  });
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Chats · ${loaderData?.brandName}` }];

export default function Workspaces() {
  const { workspaces, accounts, mayManage, installs } = useLoaderData<typeof loader>();
  return (
    <TeamPage title={linkWords.title} lead={linkWords.lead}>
      <Card title={linkWords.workspaces} lead={linkWords.workspacesLead} flush>
        {workspaces.length === 0 ? (
          <Empty icon={<MessagesSquare />} title={linkWords.noWorkspaces}>
            {linkWords.noWorkspacesLead}
          </Empty>
        ) : (
          <ul className="divide-y divide-hairline border-t border-hairline">
            {workspaces.map(({ id, platform, name, since, installed, missingScopes, people, guestsMayAsk, caps, asking }) => (
              <li key={id} className="px-5 py-4 sm:px-6">
                <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                  <span className="wrap-anywhere">{name}</span>
                  <Tag>{platformName(platform)}</Tag>
                  {!installed && <Tag tone="warn">Bot removed</Tag>}
                  {missingScopes.length > 0 && <Tag tone="warn">{linkWords.reinstallNeeded}</Tag>}
                  {guestsMayAsk && <Tag>{linkWords.guestsMay}</Tag>}
                  {asking.onlyListed && <Tag>{placeWords.tag(asking.openChannels)}</Tag>}
                  {asking.roles.length > 0 && <Tag>{placeWords.rolesTag(asking.roles.length)}</Tag>}
                </h3>
                <p className="text-sm text-soft">
                  Linked <Time at={since} style="date" />,{' '}
                  {people === 0 ? 'no account of a member yet' : people === 1 ? 'one member’s account' : `${people} members’ accounts`}
                </p>
                <p className="text-sm text-soft">{capWords.inShort(inWords(caps.person), inWords(caps.workspace))}</p>
                {missingScopes.length > 0 && (
                  <p className="text-sm">
                    {linkWords.missingScopes(missingScopes)}{' '}
                    {mayManage && installs.some((each) => each.platform === platform) && (
                      <a className="text-accent underline" href={installs.find((each) => each.platform === platform)!.path}>
                        {linkWords.reinstall}
                      </a>
                    )}
                  </p>
                )}
                {mayManage && <ChangeWorkspace id={id} name={name} caps={caps} guestsMayAsk={guestsMayAsk} />}
                {mayManage && <ChangeWhereToAsk id={id} name={name} platform={platform} asking={asking} />}
                {mayManage && (
                  <Confirm label={<Named short="Unlink" rest={name} />} look="quiet" small className="mt-1 -ml-3.5 open:ml-0">
                    <Form intent={`workspace ${id}`}>
                      <input type="hidden" name="id" value={id} />
                      <p className="mb-3 max-w-prose text-sm">{linkWords.unlinkWorkspace(name)}</p>
                      <Button look="danger" small>
                        Unlink workspace
                      </Button>
                    </Form>
                  </Confirm>
                )}
              </li>
            ))}
          </ul>
        )}
        {mayManage && installs.length > 0 && (
          <p className="flex flex-wrap gap-2 border-t border-hairline px-5 py-4 sm:px-6">
            {installs.map(({ title, path }) => (
              <a key={path} href={path} className={buttonClass('plain', true)}>
                {title}
              </a>
            ))}
          </p>
        )}
      </Card>
      <Card title={linkWords.accounts} lead={linkWords.accountsLead} flush>
        {accounts.length === 0 ? (
          <Empty icon={<Link2 />} title={linkWords.noAccounts}>
            {linkWords.noAccountsLead}
          </Empty>
        ) : (
          <ul className="divide-y divide-hairline border-t border-hairline">
            {accounts.map(({ id, platform, name, externalId, workspace }) => (
              <li key={id} className="px-5 py-4 sm:px-6">
                <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                  <span className="wrap-anywhere">{name ?? externalId}</span>
                  <Tag>{platformName(platform)}</Tag>
                </h3>
                <p className="text-sm wrap-anywhere text-soft">
                  {workspace !== null && `In ${workspace}, `}id {externalId}
                </p>
                <Confirm label={<Named short="Unlink" rest={name ?? externalId} />} look="quiet" small className="mt-1 -ml-3.5 open:ml-0">
                  <Form intent={`account ${id}`}>
                    <input type="hidden" name="id" value={id} />
                    <p className="mb-3 max-w-prose text-sm">{linkWords.unlinkAccount}</p>
                    <Button look="danger" small>
                      Unlink account
                    </Button>
                  </Form>
                </Confirm>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </TeamPage>
  );
}

function inWords(credits: string): string | null {
  return credits === '' ? null : Number(credits).toLocaleString('en', { maximumFractionDigits: 6 });
}

function ChangeWorkspace({ id, name, caps, guestsMayAsk }: { id: string; name: string; caps: TypedCaps; guestsMayAsk: boolean }) {
  const intent = `change ${id}`;
  const problem = useProblem(intent);
  return (
    <details open={problem !== null} className="group mt-1 -ml-3.5 open:ml-0">
      <summary className="inline-flex min-h-9 items-center rounded-full px-3.5 text-sm font-medium text-accent hover:bg-accent-wash group-open:hidden">
        <Named short={linkWords.capsTitle} rest={name} />
      </summary>
      <Form intent={intent} className="rounded-control border border-hairline bg-sunken p-4">
        <input type="hidden" name="id" value={id} />
        <CapFields caps={caps} problem={problem} />
        <Checkbox name="guests" label={linkWords.guests} hint={linkWords.guestsHint} defaultChecked={guestsMayAsk} className="mt-3" />
        <Button small look="plain" className="mt-3">
          {linkWords.save}
        </Button>
      </Form>
    </details>
  );
}
