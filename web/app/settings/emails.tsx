import { optionalMails, type OptionalMail } from '#core/domain/mail/mail.ts';
import { Button } from '../components/button.tsx';
import { Checkbox } from '../components/field.tsx';
import { Form } from '../components/form.tsx';
import { Card } from '../components/page.tsx';
import { emailWords as words } from '../texts/settings.ts';

export function Emails({ unwanted }: { unwanted: readonly OptionalMail[] }) {
  return (
    <Card title={words.title} lead={words.lead}>
      <Form intent="emails" key={unwanted.join(' ')}>
        {optionalMails.map((kind) => (
          <Checkbox
            key={kind}
            name="wanted"
            value={kind}
            label={words.of[kind].label}
            hint={words.of[kind].hint}
            defaultChecked={!unwanted.includes(kind)}
            className="mb-3"
          />
        ))}
        <Button intent="emails" busyWords="Saving…" className="mt-2">
          Save
        </Button>
      </Form>
    </Card>
  );
}
