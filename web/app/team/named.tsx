// A button of a row says one word to the eye, which sees the row, and to the ear what it is about.

export function Named({ short, rest }: { short: string; rest: string }) {
  return (
    <span>
      {short} <span className="sr-only">{rest}</span>
    </span>
  );
}
