// All keys that do something.

import { buttonClass } from '../components/button.tsx';
import { keyList as words } from '../texts/shortcuts.ts';

export default function KeyList({ onClose }: { onClose(): void }) {
  return (
    <div className="p-6">
      <h2 className="text-lg font-semibold">{words.title}</h2>
      <dl className="mt-4 space-y-3">
        {words.keys.map(([keys, what]) => (
          <div key={keys} className="flex justify-between gap-6">
            <dt>{what}</dt>
            <dd className="font-mono text-sm whitespace-nowrap text-soft">{keys}</dd>
          </div>
        ))}
      </dl>
      <button type="button" autoFocus onClick={onClose} className={`mt-6 ${buttonClass('plain', true)}`}>
        {words.close}
      </button>
    </div>
  );
}
