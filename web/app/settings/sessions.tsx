import type { SessionView } from '#core/flows/accounts/accounts.ts';
import { Button } from '../components/button.tsx';
import { Form } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card } from '../components/page.tsx';
import { Tag } from '../components/tag.tsx';

export function Sessions({ sessions }: { sessions: readonly SessionView[] }) {
  return (
    <Card
      title="Sessions"
      lead="End a session to log it out."
      actions={
        sessions.length > 1 && (
          <Form intent="end-others">
            <Button intent="end-others" small busyWords="Ending…">
              End other sessions
            </Button>
          </Form>
        )
      }
    >
      <ul className="-my-3 divide-y divide-hairline">
        {sessions.map(({ sessionId, device, address, beganAt, usedAt, current }) => (
          <li key={sessionId} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {device}
                {current && <Tag tone="accent">Current session</Tag>}
              </p>
              <p className="text-sm text-soft">
                Since <Time at={beganAt} style="date" />, used <Time at={usedAt} style="ago" />
                {address !== null && <span className="wrap-anywhere"> · {address}</span>}
              </p>
            </div>
            {!current && (
              <Form>
                <input type="hidden" name="session" value={sessionId} />
                <Button name="intent" value="end-session" small aria-label={`End the session of ${device}`}>
                  End
                </Button>
              </Form>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
