// `npm run gallery`: one page with everything we say, as every platform shows it.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { adapters } from './adapters.ts';
import { galleryPage, type Chapter } from './testing/gallery-page.ts';
import { boardKit } from './testing/board/kit.ts';
import { hostileTexts } from './testing/hostile.ts';
import type { Kit } from './testing/kit.ts';
import { samples, sayingKinds, show, withTexts } from './testing/samples.ts';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, '.gallery/index.html');

const kits = [...(await Promise.all(adapters.map(({ platform }) => kitOf(platform)))), boardKit];
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, galleryPage(chapters(), kits));
console.log(`The gallery is in ${path.relative(process.env['INIT_CWD'] ?? root, file)}.`);

/** Each platform's folder has one, by this name. */
async function kitOf(platform: string): Promise<Kit> {
  const kits = Object.values((await import(`./${platform}/kit.ts`)) as Record<string, unknown>);
  return kits.find((each): each is Kit => each instanceof Object && 'pictures' in each)!;
}

function chapters(): Chapter[] {
  const result = samples('result')[0]!.saying;
  return [
    ...sayingKinds.map((kind) => ({
      title: kind,
      entries: samples(kind).map(({ title, saying }) => ({ title: title.slice(kind.length + 2), reply: show(saying) })),
    })),
    {
      title: 'written to mislead',
      entries: Object.entries(hostileTexts).map(([title, text]) => ({ title, reply: show(withTexts(result, text)) })),
    },
  ];
}
