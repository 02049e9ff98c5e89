// Before words are weighed, everything that only quotes or names something is taken out of the text: what stands in
// quotation marks, addresses, file names, mentions, company names. A URL leaves `a-site` behind, the rest `a-name`.

/** Lower-case text in which every word is the person's own. */
export function plainWords(text: string): string {
  return text
    .replace(/[’ʼ]/g, "'")
    .replace(quoted, ' a-name ')
    .replace(/\b(?:https?|ftp):\/\/\S+|\bwww\.\S+/gi, ' a-site ')
    .replace(/(?<![^\s,;<(])[^\s@,;<(]+@[^\s@,;]+\.[a-z]{2,}/gi, ' a-name ')
    .replace(/<[@#!][^<>]*>|(?<=^|\s)[@#][\p{L}\p{N}_.-]+/gu, ' ')
    .replace(
      /(?<![\p{L}\p{N}_-])[\p{L}\p{N}_-]+\.(?:csv|tsv|xlsx?|pdf|docx?|pptx?|txt|md|json|xml|zip|png|jpe?g|gif|webp|mp[34])\b/giu,
      ' a-name ',
    )
    .replace(/(?<![a-z0-9-])(?:[a-z0-9-]{2,63}\.){1,10}[a-z]{2,}\b(?:\/\S*)?/g, ' a-site ')
    .replace(company, keepVerb)
    .toLowerCase()
    .replace(/\be-mail/g, 'email');
}

// Straight single quotes also serve as apostrophes, so they count only around something, with space or an edge outside.
// An opening mark does not stand inside its own kind: thousands of them would each look for an end that never comes.
const quoted = /```[\s\S]*?```|`[^`\n]*`|"[^"\n]*"|“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|(?<=^|[\s(])'[^'\n]{2,}'(?=$|[\s).,;:!?])/g;

const company =
  /(?<![\p{L}\p{N}&-])\p{Lu}[\p{L}\p{N}&-]*(?:\s+\p{Lu}[\p{L}\p{N}&-]*){0,4}\s+(?:Inc|LLC|Ltd|GmbH|Corp|AG|PLC|BV|SARL)\b\.?/gu;

// A sentence begins with a capital too: the first word of "Research Acme Inc" is what we are asked to do, not the name.
function keepVerb(name: string, at: number, whole: string): string {
  const beginsSentence = /(?:^|[.!?:;,\n])\s*$/.test(whole.slice(Math.max(0, at - CHARACTERS_BEFORE), at));
  return beginsSentence && /\s.*\s/.test(name) ? `${name.slice(0, name.search(/\s/))} a-name ` : ' a-name ';
}

/** What stands further away cannot end right in front of a name. */
const CHARACTERS_BEFORE = 40;
