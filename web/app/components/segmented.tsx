// One of a few, as links: the choice stands in the address, works without JavaScript, and can be sent to somebody.

import { Link } from 'react-router';
import { classes } from './classes.ts';

export function Segmented({
  name,
  options,
}: {
  name: string;
  options: readonly { readonly label: string; readonly to: string; readonly chosen: boolean }[];
}) {
  return (
    <nav aria-label={name} className="inline-flex max-w-full overflow-x-auto rounded-full bg-sunken p-1">
      {options.map(({ label, to, chosen }) => (
        <Link
          key={label}
          to={to}
          preventScrollReset
          aria-current={chosen ? 'true' : undefined}
          className={classes(
            'rounded-full px-2 py-1.5 text-sm sm:px-3.5 font-medium whitespace-nowrap',
            chosen ? 'bg-surface text-ink shadow-card' : 'text-soft hover:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
