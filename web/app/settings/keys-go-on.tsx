import { Link } from 'react-router';
import { keyWords } from '../texts/settings.ts';

/** Beside the word that a password or address was changed: keys go on, and that is to be known. */
export function KeysGoOn({ keys }: { keys: number }) {
  if (keys === 0) return null;
  return (
    <p>
      {keyWords.goOn(keys)} <Link to="/settings/keys">{keyWords.review}</Link>
    </p>
  );
}
