// Where in a workspace people may ask: everywhere, or only in listed channels.

import { platformName, workspaceWord } from '#core/domain/messages/platforms.ts';
import type { WhereToAsk } from '#core/flows/workspaces/where-to-ask.ts';
import { Button } from '../components/button.tsx';
import { Checkbox } from '../components/field.tsx';
import { Form, useProblem } from '../components/form.tsx';
import { placeWords } from '../texts/places.ts';
import { Named } from './named.tsx';

/** Read aloud by name: a page may have several workspaces. */
export function ChangeWhereToAsk({ id, name, platform, asking }: { id: string; name: string; platform: string; asking: WhereToAsk }) {
  const intent = `places ${id}`;
  const problem = useProblem(intent);
  const { onlyListed, direct, roles, channels } = asking;
  const whole = workspaceWord(platform);
  return (
    <details open={problem !== null} className="group mt-1 -ml-3.5 open:ml-0">
      <summary className="inline-flex min-h-9 items-center rounded-full px-3.5 text-sm font-medium text-accent hover:bg-accent-wash group-open:hidden">
        <Named short={placeWords.title} rest={name} />
      </summary>
      <Form intent={intent} className="rounded-control border border-hairline bg-sunken p-4">
        <input type="hidden" name="id" value={id} />
        <fieldset>
          <legend className="text-sm font-medium">{placeWords.where}</legend>
          <Choice name="listed" value="no" label={placeWords.everywhere(whole)} checked={!onlyListed} />
          <Choice name="listed" value="yes" label={placeWords.listed} checked={onlyListed} />
        </fieldset>
        <fieldset className="mt-3">
          <legend className="text-sm font-medium">{placeWords.channels}</legend>
          {channels.length === 0 && <p className="mt-1 max-w-prose text-sm text-soft">{placeWords.noChannels(platformName(platform))}</p>}
          <div className="max-h-80 overflow-y-auto">
            {channels.map((channel) => (
              <div key={channel.ref}>
                <input type="hidden" name="shown" value={channel.ref} />
                <Checkbox
                  name="open"
                  value={channel.ref}
                  label={<span className="wrap-anywhere">{channel.name ?? placeWords.unnamed}</span>}
                  {...(channel.roles.length > 0 && { hint: placeWords.onlyRoles(roleNames(channel.roles)) })}
                  defaultChecked={channel.open}
                />
              </div>
            ))}
            {direct !== null && <Checkbox name="direct" label={placeWords.direct} hint={placeWords.directHint} defaultChecked={direct} />}
          </div>
          {channels.length > 0 && <p className="mt-2 max-w-prose text-sm text-soft">{placeWords.moreChannels(platformName(platform))}</p>}
        </fieldset>
        {roles.length > 0 && (
          <fieldset className="mt-3">
            <legend className="text-sm font-medium">{placeWords.roles}</legend>
            <p className="mt-1 max-w-prose text-sm text-soft">{placeWords.rolesHint(whole)}</p>
            {roles.map((role) => (
              <Checkbox key={role.id} name="role" value={role.id} label={role.name ?? role.id} defaultChecked />
            ))}
          </fieldset>
        )}
        <Button small look="plain" className="mt-3">
          {placeWords.save}
        </Button>
      </Form>
    </details>
  );
}

function Choice({ name, value, label, checked }: { name: string; value: string; label: string; checked: boolean }) {
  return (
    <label className="flex min-h-11 items-center gap-3">
      <input type="radio" name={name} value={value} defaultChecked={checked} className="size-5 shrink-0 accent-accent" />
      <span>{label}</span>
    </label>
  );
}

function roleNames(roles: WhereToAsk['roles']): string {
  return roles.map(({ id, name }) => name ?? id).join(', ');
}
