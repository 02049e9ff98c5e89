// “Continue with Slack”, below a form for logging in or signing up. Whatever is refused is said above that form.

import { platformName } from '#core/domain/messages/platforms.ts';
import { Button } from '../../components/button.tsx';
import { Form } from '../../components/form.tsx';
import { continueWith as words } from '../../texts/continue-with.ts';

export const CONTINUE = 'continue-with';

export function ContinueWith({ platforms, next }: { platforms: readonly string[]; next: string }) {
  if (platforms.length === 0) return null;
  return (
    <>
      <p className="my-5 flex items-center gap-3 text-sm text-soft before:h-px before:grow before:bg-hairline after:h-px after:grow after:bg-hairline">
        {words.or}
      </p>
      <Form intent={CONTINUE} className="space-y-3">
        <input type="hidden" name="next" value={next} />
        {platforms.map((platform) => (
          <Button key={platform} name="platform" value={platform} className="w-full">
            {words.button(platformName(platform))}
          </Button>
        ))}
      </Form>
    </>
  );
}
