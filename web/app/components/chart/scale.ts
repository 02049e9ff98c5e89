/** The top of an axis: the next number above that is easy to read, and so is its half. */
export function topOf(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 5, 6, 8, 10].find((each) => each * power >= most) ?? 10;
  return round(step * power);
}

/** Powers of ten below one bring dust along: 6 × 0.1 is 0.6000000000000001. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
