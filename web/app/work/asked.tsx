// What somebody asked for, as it stands in a conversation.

import type { ReactNode } from 'react';

export function Asked({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-end gap-1">
      <p className="max-w-[85%] rounded-card bg-accent-wash px-4 py-2.5 whitespace-pre-wrap wrap-anywhere">{text}</p>
      {children !== undefined && <p className="px-1 text-sm text-soft">{children}</p>}
    </div>
  );
}
