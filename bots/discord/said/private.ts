// What one person is told where no interaction can answer: in a direct message, once.

import type { Show } from '#core/flows/chats/answer.ts';

export interface Private {
  /** `key`: of the gesture that is answered; told once by it. */
  show(
    key: string,
    to: { readonly user: string; readonly guild: string | null; readonly channel: string; readonly message: string },
    show: Show,
  ): void;
  ended(): Promise<void>;
}
