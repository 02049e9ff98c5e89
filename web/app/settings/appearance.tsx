import { Form } from 'react-router';
import { Button } from '../components/button.tsx';
import { Card } from '../components/page.tsx';
import { THEME_COOKIE, themes, type Theme } from '../reader.ts';
import { themes as words } from '../texts/settings.ts';

/** A choice that is none is that of the device. */
export function themeCookie(theme: string, publicUrl: string): string {
  const known = themes.find((each) => each === theme) ?? 'system';
  const https = publicUrl.startsWith('https:') ? ' Secure;' : '';
  return `${THEME_COOKIE}=${known}; Max-Age=31536000; Path=/;${https} SameSite=Lax`;
}

export function Appearance({ theme }: { theme: Theme }) {
  return (
    <Card title="Appearance">
      {/* The document itself is light or dark, so it is loaded anew. */}
      <Form method="post" reloadDocument className="space-y-5">
        <fieldset>
          <legend className="sr-only">Appearance</legend>
          <div className="flex flex-wrap gap-x-6">
            {themes.map((each) => (
              <label key={each} className="flex min-h-11 items-center gap-3">
                <input type="radio" name="theme" value={each} defaultChecked={each === theme} className="size-5 accent-accent" />
                {words[each]}
              </label>
            ))}
          </div>
        </fieldset>
        <Button name="intent" value="appearance">
          Save
        </Button>
      </Form>
    </Card>
  );
}
