import { shorten } from '#core/domain/text/text.ts';
import type { Work } from '#core/store/tasks/work.ts';

const SUMMARY_CHARACTERS = 1_500;

/**
 * What the agent is asked: the person's words, and before them what was done in this conversation by other sessions
 * (another agent type, or a session that was lost), so that "now make it shorter" means something to it.
 */
export function messageFor(work: Work, sessionKey: string): string {
  const unknown = work.before.filter((task) => task.sessionKey !== sessionKey);
  if (unknown.length === 0) return work.requestText;
  const told = unknown.map(({ requestText, summary, files }) =>
    [
      `Asked: ${shorten(requestText, SUMMARY_CHARACTERS)}`,
      ...(summary ? [`Answered: ${shorten(summary, SUMMARY_CHARACTERS)}`] : []),
      ...(files.length > 0 ? [`Files: ${files.join(', ')}`] : []),
    ].join('\n'),
  );
  return ['Earlier in this conversation:', ...told, '', 'Now asked:', work.requestText].join('\n');
}
