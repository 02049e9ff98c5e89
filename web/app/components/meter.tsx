// How much of something is gone. The numbers stand beside it; this is for whoever sees it.

export function Meter({
  parts,
}: {
  /** Shares of the whole, from the left; together at most 1. */ parts: readonly {
    readonly share: number;
    readonly tone: 'strong' | 'soft';
  }[];
}) {
  let before = 0;
  return (
    <svg aria-hidden width="100%" height="8" className="mt-1.5 block rounded-full bg-hairline">
      {parts.map(({ share, tone }, i) => {
        const x = before;
        before += share;
        return (
          <rect
            key={i}
            x={`${x * 100}%`}
            y="0"
            width={`${share * 100}%`}
            height="8"
            className={tone === 'strong' ? 'fill-accent' : 'fill-soft'}
          />
        );
      })}
    </svg>
  );
}
