// Documents about a request, as Markdown and PDF. What stands in the request is repeated and counted truthfully; what would
// need knowledge is sample text, and each such paragraph begins with those words.

import { sampleMark } from '#core/domain/tasks/agent-brief.ts';
import { firstLine, shorten } from '#core/domain/text/text.ts';
import type { SandboxAgent } from './agent.ts';
import type { Section } from './pdf.ts';
import { pick } from './seeded.ts';
import { addressIn, placeIn, slugOf, subjectOf } from './understand.ts';

export const documentAgent: SandboxAgent = async (work) => {
  const { words, follows } = await work.step('read', 'Reading the request', () => subjectOf(work));
  const title = firstLine(words, 70);
  const sections = await work.step('outline', 'Drafting an outline', () =>
    sectionsFor(work.type, words, follows === null ? null : work.request, work.random),
  );
  const name = `sample-${slugOf(words)}`;
  await work.step('write', `Writing ${name}.md`, () => work.write(`${name}.md`, markdownOf(title, sections)));
  await work.step('write', `Writing ${name}.pdf`, async () => {
    const { pdfOf } = await import('./pdf.ts');
    await work.write(`${name}.pdf`, await pdfOf(title, notice, sections));
  });
  return [
    sampleMark,
    `A document for “${shorten(title, 70)}”, as Markdown and PDF.`,
    'What it says about your request is taken from it. Every paragraph that begins with “Sample text” is made up: this is the sandbox, where no model and no sources are behind an answer.',
  ].join('\n');
};

const notice = 'SAMPLE. Written by the sandbox. Paragraphs that begin with “Sample text” are made up and state no facts.';

function sectionsFor(type: string, words: string, change: string | null, random: () => number): Section[] {
  const place = placeIn(words);
  const address = addressIn(words);
  const parts =
    type === 'research'
      ? ['Summary', 'Findings', 'What speaks against it', 'Next steps', 'Sources']
      : ['Opening', 'Main part', 'Example', 'Closing'];
  return [
    { heading: 'What was asked', paragraphs: [words, ...(change === null ? [] : [`Then: ${change}`])] },
    {
      heading: 'What the request says',
      paragraphs: [
        `It has ${(words.match(/\S+/g) ?? []).length} words.`,
        place === null ? 'It names no place.' : `It names a place: ${place}.`,
        address === null ? 'It names no page, so nothing was looked up.' : `It names a page, which was not opened: ${address}`,
      ],
    },
    ...parts.map((heading) => ({
      heading,
      paragraphs: [heading === 'Sources' ? 'None. No source was read for this document.' : sampleText(random)],
    })),
  ];
}

function sampleText(random: () => number): string {
  return `Sample text: ${[pick(random, openings), pick(random, middles), pick(random, endings)].join(' ')}`;
}

function markdownOf(title: string, sections: readonly Section[]): string {
  const body = sections.map(({ heading, paragraphs }) => `## ${heading}\n\n${paragraphs.map(plain).join('\n\n')}`);
  return [`# ${plain(title)}`, `> ${notice}`, ...body].join('\n\n') + '\n';
}

/** Words of the request stay words: they neither become markup nor load anything. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|!~]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}

const openings = [
  'Here the document would begin with what matters most to its readers.',
  'This is where the main point would stand, in one sentence.',
  'A real agent would start from what is known and say how sure it is.',
];
const middles = [
  'Two or three paragraphs would follow, each with one thought.',
  'Numbers would appear here, with where they come from.',
  'An example would make it concrete.',
];
const endings = ['It would close with what to do next.', 'A short list would end it.', 'What is still open would be named here.'];
