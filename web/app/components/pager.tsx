import { LinkButton } from './button.tsx';

/** Pages of a list that is read from its newest end: there is a next one, or it is over. */
export function Pager({ first, next }: { /** Back to the newest; null on the first page. */ first: string | null; next: string | null }) {
  if (first === null && next === null) return null;
  return (
    <nav aria-label="Pages" className="flex justify-between gap-3 px-5 py-4 sm:px-6">
      {first === null ? (
        <span />
      ) : (
        <LinkButton to={first} small look="plain">
          Newest
        </LinkButton>
      )}
      {next === null ? (
        <span className="self-center text-sm text-soft">That is all</span>
      ) : (
        <LinkButton to={next} small look="plain">
          Older
        </LinkButton>
      )}
    </nav>
  );
}
