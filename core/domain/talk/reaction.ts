// A message that is nothing but a reaction: "ok", "lol", "no", 👍. "Yes", "again" and "more" are none: they ask to go on.

import { wordsOf, type Talk } from './talk-words.ts';

export function reactionIn(text: string): Talk | null {
  if (/\p{Extended_Pictographic}/u.test(text)) {
    if (glad.test(text)) return 'thanks';
    if (sad.test(text)) return 'complaint';
  }
  const words = wordsOf(text);
  return words.length > 0 && (words.every((word) => sounds.has(word)) || phrases.test(words.join(' '))) ? 'prohibition' : null;
}

const glad = /^(?:[👍👏🙏🙌❤♥🔥🎉💯👌💪⭐✨🤩🥳🧡💛💚💙💜😀-😍]|\p{Emoji_Modifier}|[\uFE0F\u200D\s])+$/u;
const sad = /^(?:[👎💩😞😟😠😡😢😤🤬🙁]|\p{Emoji_Modifier}|[\uFE0F\u200D\s])+$/u;

const sounds = new Set(
  `ok okay k kk oh ah aha wow whoa hm hmm hmmm um uh huh lol haha hahaha hehe omg no nope nah wait later sorry oops bye goodbye nvm`.split(
    ' ',
  ),
);
const phrases =
  /^(?:good night|see you(?: later| soon| tomorrow)?|have a (?:nice|good|great) (?:day|one|weekend|evening)|my bad|(?:sorry |oops )?wrong (?:chat|channel|thread|window|person))$/;
