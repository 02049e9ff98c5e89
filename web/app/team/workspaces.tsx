// Where the team can be asked from: its workspaces on chat platforms, and one's own accounts there.

import { Link2, MessagesSquare } from 'lucide-react';
import { redirect, useLoaderData, type MetaFunction } from 'react-router';
import { platformName } from '#core/domain/messages/platforms.ts';
import { may } from '#core/domain/team/permission.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Form } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, guarded, readForm } from '../guarded.ts';
import { linkWords } from '../texts/team.ts';
import { Named } from './named.tsx';
import { TeamPage } from './nav.tsx';

export const loader = guarded('team.see', async ({ app, actor, brandName }) => {
  const [workspaces, accounts] = await Promise.all([app.workspaces.linkedWorkspaces(actor), app.workspaces.linkedAccounts(actor)]);
  return { brandName, workspaces, accounts, mayManage: may(actor.role, 'workspaces.manage') };
});

export const action = guarded('team.see', async (visit) => {
  const { app, actor, request } = visit;
  const { intent, text } = await readForm(request);
  return attempt(visit, intent, async () => {
    switch (intent.split(' ')[0]) {
      case 'workspace':
        await app.workspaces.unlinkWorkspace(actor, text('id'));
        return redirect('/team/workspaces?done=workspace-unlinked');
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
  const { workspaces, accounts, mayManage } = useLoaderData<typeof loader>();
  return (
    <TeamPage title={linkWords.title} lead={linkWords.lead}>
      <Card title={linkWords.workspaces} lead={linkWords.workspacesLead} flush>
        {workspaces.length === 0 ? (
          <Empty icon={<MessagesSquare />} title={linkWords.noWorkspaces}>
            {linkWords.noWorkspacesLead}
          </Empty>
        ) : (
          <ul className="divide-y divide-hairline border-t border-hairline">
            {workspaces.map(({ id, platform, name, since, installed, people }) => (
              <li key={id} className="px-5 py-4 sm:px-6">
                <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                  <span className="wrap-anywhere">{name}</span>
                  <Tag>{platformName(platform)}</Tag>
                  {!installed && <Tag tone="warn">The bot was removed there</Tag>}
                </h3>
                <p className="text-sm text-soft">
                  Linked <Time at={since} style="date" />,{' '}
                  {people === 0 ? 'no account of a member yet' : people === 1 ? 'one member’s account' : `${people} members’ accounts`}
                </p>
                {mayManage && (
                  <Confirm label={<Named short="Unlink" rest={name} />} look="quiet" small className="mt-1 -ml-3.5 open:ml-0">
                    <Form intent={`workspace ${id}`}>
                      <input type="hidden" name="id" value={id} />
                      <p className="mb-3 max-w-prose text-sm">{linkWords.unlinkWorkspace(name)}</p>
                      <Button look="danger" small>
                        Unlink this workspace
                      </Button>
                    </Form>
                  </Confirm>
                )}
              </li>
            ))}
          </ul>
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
                      Unlink this account
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
