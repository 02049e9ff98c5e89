import { sampleMark } from '#core/domain/tasks/agent-brief.ts';
import { shorten } from '#core/domain/text/text.ts';
import type { SandboxAgent } from './agent.ts';
import { slugOf, subjectOf } from './understand.ts';

/** Answers in words. Without a model it can only say what was asked, and where a real answer would come from. */
export const generalAgent: SandboxAgent = async (work) => {
  const { words, follows } = await work.step('read', 'Reading the request', () => subjectOf(work));
  const asked = shorten(words.replace(/\s+/g, ' '), 200);
  const answer = [
    `You asked: “${asked}”${follows === null ? '' : `, and now: “${shorten(work.request, 100)}”`}.`,
    ...(work.attached.length > 0 ? [`You attached ${work.attached.join(', ')}.`] : []),
    'This is sample text: the sandbox has no model behind it, so it does not know the answer. Set OPENCLAW_URL to a real gateway to get one.',
  ];
  const name = `sample-${slugOf(words)}.md`;
  await work.step('write', `Writing ${name}`, () =>
    work.write(name, `# Sample answer\n\n${answer.map((line) => line.replace(/[\\`*_[\]<>#|!~]/g, '\\$&')).join('\n\n')}\n`),
  );
  return [sampleMark, ...answer].join('\n');
};
