// Who did something waits three seconds for the app's answer.

export interface Waiting {
  /** Whether it was answered in time. Begin before the app is told. */
  for(interaction: string): Promise<boolean>;
  answered(interaction: string): void;
  stop(): void;
}

export const answerMs = 3_000;

export function startWaiting(): Waiting {
  const waiting = new Map<string, (isAnswered: boolean) => void>();
  return {
    for(interaction) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const late = setTimeout(() => end(interaction, false), answerMs);
      waiting.set(interaction, (isAnswered) => {
        clearTimeout(late);
        resolve(isAnswered);
      });
      return promise;
    },
    answered: (interaction) => end(interaction, true),
    stop() {
      for (const interaction of waiting.keys()) end(interaction, false);
    },
  };

  function end(interaction: string, isAnswered: boolean): void {
    waiting.get(interaction)?.(isAnswered);
    waiting.delete(interaction);
  }
}
