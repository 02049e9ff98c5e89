// Who did what, newest first, by person and by kind.

import { ScrollText } from 'lucide-react';
import { Form, useLoaderData, type MetaFunction } from 'react-router';
import { Button, LinkButton } from '../components/button.tsx';
import { SelectField } from '../components/field.tsx';
import { Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Pager } from '../components/pager.tsx';
import { guarded } from '../guarded.ts';
import { auditWords } from '../texts/team.ts';
import { TeamPage } from './nav.tsx';
import { auditAddress, readAuditQuery } from './audit-query.ts';

const PAGE = 50;

export const loader = guarded('audit.see', async ({ app, actor, url, brandName }) => {
  const { before, ...chosen } = readAuditQuery(url.searchParams);
  const [entries, acts, members] = await Promise.all([
    app.team.audit(actor, { ...chosen, ...(before !== undefined && { before }), limit: PAGE + 1 }),
    app.team.auditActs(actor),
    app.team.members(actor),
  ]);
  const page = entries.slice(0, PAGE);
  return {
    brandName,
    entries: page,
    acts,
    people: members.map(({ userId, name, email }) => ({ userId, name, email })),
    chosen,
    first: before === undefined ? null : auditAddress('/team/audit', chosen),
    next: entries.length > PAGE ? auditAddress('/team/audit', { ...chosen, before: page.at(-1)!.id }) : null,
    file: auditAddress('/team/audit.csv', chosen),
  };
});

export const meta: MetaFunction<typeof loader> = ({ loaderData }) => [{ title: `Audit log · ${loaderData?.brandName}` }];

export default function Audit() {
  const { entries, acts, people, chosen, first, next, file } = useLoaderData<typeof loader>();
  return (
    <TeamPage
      title={auditWords.title}
      lead={auditWords.lead}
      actions={
        <LinkButton to={file} reloadDocument>
          Save as CSV
        </LinkButton>
      }
    >
      <Form method="get" className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] sm:items-end">
        <SelectField label="Person" name="person" defaultValue={chosen.person ?? ''}>
          <option value="">Everybody</option>
          {people.map(({ userId, name, email }) => (
            <option key={userId} value={userId}>
              {name} ({email})
            </option>
          ))}
        </SelectField>
        <SelectField label="Event" name="act" defaultValue={chosen.act ?? ''}>
          <option value="">Everything</option>
          {acts.map(({ act, title }) => (
            <option key={act} value={act}>
              {title}
            </option>
          ))}
        </SelectField>
        <Button>Show</Button>
      </Form>
      <Card flush className="overflow-hidden [&>div]:pt-0">
        {entries.length === 0 ? (
          <Empty icon={<ScrollText />} title={auditWords.none}>
            {auditWords.noneLead}
          </Empty>
        ) : (
          <ol className="divide-y divide-hairline border-b border-hairline last:border-b-0">
            {entries.map(({ id, at, who, words }) => (
              <li key={id} className="grid gap-x-6 px-5 py-3 text-sm sm:grid-cols-[11rem_minmax(0,1fr)] sm:px-6">
                <p className="wrap-anywhere sm:order-2">
                  <strong className="font-medium">{who}</strong> {words}
                </p>
                <p className="text-soft">
                  <Time at={at} />
                </p>
              </li>
            ))}
          </ol>
        )}
        <Pager first={first} next={next} />
      </Card>
    </TeamPage>
  );
}
