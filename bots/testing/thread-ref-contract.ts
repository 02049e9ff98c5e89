import { expect, test } from 'vitest';
import { platformOf } from '#core/domain/messages/thread-ref.ts';
import { hostileTexts } from './hostile.ts';
import type { Kit } from './kit.ts';

export function threadRefContract<Part>({ adapter: { platform, refs }, refs: { good, bad } }: Pick<Kit<Part>, 'adapter' | 'refs'>) {
  test.each(good)('an address comes back as it was written down: %o', (address) => {
    const ref = refs.format(address);
    expect(platformOf(ref)).toBe(platform);
    expect(refs.parse(ref)).toEqual(address);
  });

  test('nonsense is no address', () => {
    const first = refs.format(good[0]!);
    const nonsense = [
      '',
      ':',
      platform,
      `${platform}:`,
      `${platform}::::::`,
      `other${first}`,
      first.replace(platform, 'other'),
      `${first}:more`,
      `${first}\n`,
      ` ${first}`,
      first.toUpperCase(),
      `${first}${'9'.repeat(500)}`,
    ];
    for (const text of [...bad, ...nonsense]) expect(refs.parse(text), text).toBeNull();
  });

  test('no address can be made of what people might put into one', () => {
    for (const [hostile, text] of Object.entries(hostileTexts)) {
      expect(refs.parse(`${platform}:${text}`), hostile).toBeNull();
      for (const name of Object.keys(good[0]!)) {
        // An empty part may be an address: it asks for a new root.
        if (text !== '') expect(() => refs.format({ ...good[0]!, [name]: text }), hostile).toThrow(RangeError);
        expect(() => refs.format({ ...good[0]!, [name]: `${good[0]![name]}:x` })).toThrow(RangeError);
      }
    }
  });
}
