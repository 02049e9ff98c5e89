// Digits as people group them: "1,500", "1.500", "1'500", "1,00,000", "2.5".

export function withValue(raw: string): { readonly value: number } {
  return { value: valueOf(raw) };
}

function valueOf(raw: string): number {
  if (/^\d{1,3}(?:[.,'’_\s]\d{3})+$/.test(raw) || /^\d{1,2}(?:,\d{2})+,\d{3}$/.test(raw)) return Number(raw.replace(/\D/g, ''));
  return Number(raw.replace(/,(?=\d{1,2}$)/, '.').replace(/[,'’_\s]/g, ''));
}

const others = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g;

/** Arabic and Indian digits as ours; fractions as decimals. */
export function plainDigits(text: string): string {
  return text
    .replace(others, (digit) => String((digit.charCodeAt(0) & 0xf) - (digit.charCodeAt(0) >= 0x966 ? 6 : 0)))
    .replace(
      /(\d?)([½¼¾])/g,
      (_, whole: string, part: string) => `${whole === '' ? '0' : whole}${{ '½': '.5', '¼': '.25', '¾': '.75' }[part]!}`,
    )
    .replace(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10));
}
