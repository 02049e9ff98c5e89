// The mark and the name. The picture is a speech bubble with a tick in it: asked, done.

import { useBrand } from './format.tsx';

export function Brand() {
  const brand = useBrand();
  return (
    <span className="inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight">
      <svg aria-hidden viewBox="0 0 32 32" className="size-7 shrink-0 text-accent">
        <path
          fill="currentColor"
          d="M7 3h18a5 5 0 0 1 5 5v11a5 5 0 0 1-5 5H15.5l-6.2 5.2A1 1 0 0 1 7.7 28.4V24H7a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5Z"
        />
        <path
          fill="none"
          className="stroke-on-accent"
          strokeWidth="3"
          strokeLinecap="round"
          strokeLinejoin="round"
          d="m10.5 13.8 3.9 3.9 7.4-7.8"
        />
      </svg>
      <span className="truncate">{brand}</span>
    </span>
  );
}
