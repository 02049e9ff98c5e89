/** JSON as PostgreSQL takes it. What agents write may hold NUL and halves of characters, which jsonb refuses. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  return suspicious.test(text) ? JSON.stringify(value, storable) : text;
}

// JSON.stringify() escapes exactly these. Looking first is cheaper than looking at every value.
const suspicious = /\\u(?:0000|d[89a-f])/;

function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value;
}
