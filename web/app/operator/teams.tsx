// All teams, to be found by name, by a member's address, or by id.

import { Users } from 'lucide-react';
import { Form, Link, useLoaderData } from 'react-router';
import { asNumber } from '#core/domain/credits/credits.ts';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/field.tsx';
import { Credits, Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Pager } from '../components/pager.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { Tag } from '../components/tag.tsx';
import { operators } from '../guarded.ts';
import { operatorWords } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';

const PAGE = 50;

export const loader = operators(async ({ app, actor, brandName, url }) => {
  const search = url.searchParams.get('search') ?? '';
  const before = url.searchParams.get('before');
  const teams = await app.operator.teams(actor, { search, limit: PAGE + 1, ...(before !== null && { before }) });
  const page = teams.slice(0, PAGE);
  const at = (query: Record<string, string>) =>
    `/operator/teams?${new URLSearchParams({ ...(search !== '' && { search }), ...query }).toString()}`;
  return {
    brandName,
    search,
    teams: page.map((team) => ({
      id: team.id,
      name: team.name,
      personal: team.personal,
      members: team.members,
      available: asNumber(team.balance) - asNumber(team.held),
      lastTaskAt: team.lastTaskAt?.toISOString() ?? null,
      frozen: team.frozenAt !== null,
      leaving: team.deletionAt !== null && team.erasedAt === null,
      erased: team.erasedAt !== null,
    })),
    first: before === null ? null : at({}),
    next: teams.length > PAGE ? at({ before: page.at(-1)!.id }) : null,
  };
});

export const meta = titled(operatorWords.teams);

export default function Teams() {
  const { teams, search, first, next } = useLoaderData<typeof loader>();
  return (
    <OperatorPage title={operatorWords.teams}>
      <Form role="search" className="flex flex-wrap items-end gap-3">
        <TextField
          label="Name, email address of a member, or id"
          name="search"
          type="search"
          key={search}
          defaultValue={search}
          maxLength={254}
          className="min-w-0 flex-1 basis-64 sm:max-w-md"
        />
        <Button>Search</Button>
      </Form>
      <Card flush>
        {teams.length === 0 ? (
          <Empty icon={<Users />} title={operatorWords.noTeams}>
            {operatorWords.noTeamsLead}
          </Empty>
        ) : (
          <div className="-mt-4">
            <Table name="Teams">
              <thead>
                <tr>
                  <Th>Team</Th>
                  <Th numeric>Members</Th>
                  <Th numeric>Credits left</Th>
                  <Th>Last task</Th>
                </tr>
              </thead>
              <tbody>
                {teams.map((team) => (
                  <Tr key={team.id}>
                    <Td>
                      <Link
                        to={`/operator/teams/${team.id}`}
                        className="-my-0.5 inline-block py-0.5 font-medium text-accent hover:underline"
                      >
                        {team.name}
                      </Link>{' '}
                      {team.personal && <Tag>own team</Tag>} {team.frozen && <Tag tone="warn">on hold</Tag>}{' '}
                      {team.leaving && <Tag tone="warn">leaving</Tag>} {team.erased && <Tag>erased</Tag>}
                    </Td>
                    <Td numeric>{team.members}</Td>
                    <Td numeric>
                      <Credits amount={team.available} />
                    </Td>
                    <Td>
                      {team.lastTaskAt === null ? <span className="text-soft">none</span> : <Time at={team.lastTaskAt} style="ago" />}
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </div>
        )}
        <Pager first={first} next={next} />
      </Card>
    </OperatorPage>
  );
}
