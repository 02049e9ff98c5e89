// A page of reading.

import type { ReactNode } from 'react';

export function Prose({ title, children }: { title: string; children: ReactNode }) {
  return (
    <article className="words mx-auto max-w-2xl px-4 py-12 sm:px-6 sm:py-16 [&_h2]:mt-8 [&_h2]:text-xl [&_h2]:font-semibold [&_li]:mt-1 [&_p]:mt-3 [&_ul]:mt-3 [&_ul]:list-disc [&_ul]:pl-5">
      <h1 className="text-3xl font-semibold">{title}</h1>
      {children}
    </article>
  );
}
