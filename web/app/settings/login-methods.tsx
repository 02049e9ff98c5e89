import { platformName } from '#core/domain/messages/platforms.ts';
import type { ConnectedLogin } from '#core/flows/accounts/connected-logins.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card } from '../components/page.tsx';
import { loginMethods as words } from '../texts/continue-with.ts';

/** `platforms`: those that can be connected. */
export function LoginMethods({ logins, platforms }: { logins: readonly ConnectedLogin[]; platforms: readonly string[] }) {
  const problem = useProblem('remove-login');
  if (logins.length === 0 && platforms.length === 0) return null;
  return (
    <Card title={words.title} lead={words.lead}>
      {logins.length === 0 ? (
        <p className="text-soft">{words.none}</p>
      ) : (
        <ul className="-my-3 divide-y divide-hairline">
          {logins.map(({ id, platform, name, workspaceName, since }, i) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
              <div className="min-w-0">
                <p className="font-medium wrap-anywhere">
                  {platformName(platform)} · {name}
                </p>
                <p className="text-sm text-soft wrap-anywhere">
                  {workspaceName !== null && `${workspaceName} · `}
                  {words.since} <Time at={since} style="date" />
                </p>
              </div>
              <Confirm label={words.remove} look="plain" small open={problem !== null && i === 0 && logins.length === 1}>
                <Form intent="remove-login" className="space-y-3">
                  <p>{words.removeWords(platformName(platform))}</p>
                  <input type="hidden" name="login" value={id} />
                  <Button look="danger" small intent="remove-login">
                    {words.removeIt}
                  </Button>
                </Form>
              </Confirm>
            </li>
          ))}
        </ul>
      )}
      {platforms.length > 0 && (
        <Form intent="connect-login" className="mt-5 flex flex-wrap gap-3">
          {platforms.map((platform) => (
            <Button key={platform} name="platform" value={platform} small>
              {words.connect(platformName(platform))}
            </Button>
          ))}
        </Form>
      )}
    </Card>
  );
}
