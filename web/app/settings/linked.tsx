import { platformName } from '#core/domain/messages/platforms.ts';
import type { LinkedAccount } from '#core/flows/workspaces/linking.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Form } from '../components/form.tsx';
import { Card } from '../components/page.tsx';

export function Linked({ accounts }: { accounts: readonly LinkedAccount[] }) {
  return (
    <Card title="Linked accounts" lead="Requests from these chat accounts count as yours.">
      {accounts.length === 0 ? (
        <p className="text-soft">None yet. Ask the bot in Slack or Discord for something, and it gives you a link to press.</p>
      ) : (
        <ul className="-my-3 divide-y divide-hairline">
          {accounts.map(({ id, platform, name, externalId, workspace }) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
              <div className="min-w-0">
                <p className="font-medium wrap-anywhere">{name ?? externalId}</p>
                <p className="text-sm text-soft wrap-anywhere">
                  {platformName(platform)}
                  {workspace !== null && ` · ${workspace}`}
                </p>
              </div>
              <Confirm label="Unlink" look="plain" small>
                <Form className="space-y-3">
                  <p>Requests from this account will no longer be charged to your team.</p>
                  <input type="hidden" name="account" value={id} />
                  <Button look="danger" small name="intent" value="unlink">
                    Unlink account
                  </Button>
                </Form>
              </Confirm>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
