// How people say thanks, complain, ask about the product and forbid something. One part of a message at a time, all of it:
// whatever has words beside these is no talk. English, and the plainest words of some other languages.

import { ours, set, verdict } from './verdict.ts';

export type Talk =
  | 'greeting'
  | 'thanks'
  | 'complaint'
  | 'prohibition'
  | 'about-us'
  | 'about-price'
  | 'about-credits'
  | 'about-tasks'
  | 'about-account';

/** Lower-case words without marks around them. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[’ʼ‘]/g, "'")
    .replace(/\be-mail/g, 'email')
    .split(/[^\p{L}\p{N}\p{M}'.-]+/u)
    .map((word) => word.replace(/^['.-]+|['.-]+$/g, ''))
    .filter((word) => word !== '');
}

/** What a part of a message is, when all of it is talk. */
export function talkIn(words: readonly string[]): Talk | null {
  const from = Math.max(
    0,
    words.findIndex((word) => !fillers.has(word)),
  );
  for (const said of from === 0 ? [words] : [words, words.slice(from)])
    for (const [talk, is] of readers) if (is(said.join(' '), said)) return talk;
  return words.some((word) => greetings.has(word)) && words.every((word) => greetings.has(word) || fillers.has(word) || all.has(word))
    ? 'greeting'
    : null;
}

/** "Okay", "well": nothing by themselves. */
export function isFiller(words: readonly string[]): boolean {
  return words.every((word) => fillers.has(word) || word === 'no' || word === 'yes');
}

type Reader = (text: string, words: readonly string[]) => boolean;
const matches =
  (...patterns: readonly RegExp[]): Reader =>
  (text) =>
    patterns.some((pattern) => pattern.test(text));

const oursPattern = [...ours].join('|');
const count = String.raw`\d[\d.,]*k?|a|an|one|two|three|five|ten|twenty|fifty|hundred|thousand`;

const fillers =
  set(`oh ah ok okay wow hey hi hello well yeah yep so and but also hmm um sorry actually honestly unfortunately again really just
  please pls dear team bot impacter now alright then still wait`);
const all = set('there all everyone everybody guys folks team sir madam again to you');
const greetings = set(`hi hello hey hiya howdy yo greetings hallo hola bonjour ciao salut moin servus привіт привет こんにちは 你好
  morning afternoon evening day good`);

// --- Thanks.

const thanks = new RegExp(
  String.raw`^(?:(?:ok|okay|great|perfect|awesome|cool|nice|super|wow|many|so|big|huge|hey|hi|hello|brilliant|excellent|amazing|good|lots of) ){0,4}` +
    String.raw`(?:thanks|thank you|thank u|thankyou|thx|tnx|ty|tysm|cheers|merci|danke|vielen dank|muchas gracias|gracias|grazie|obrigad[oa]|dziękuję|дякую|спасибо|ありがとう|谢谢|bedankt|tack)` +
    String.raw`(?: (?:so|very|a|lot|much|again|all|both|everyone|everybody|team|guys|folks|man|mate|buddy|bot|impacter|you|indeed|in|advance|million|bunch|ton|tons|loads|kindly|anyway|already|really|beaucoup|schön|sehr|dir|ihnen|mille)){0,5}` +
    String.raw`(?: (?:for|für|pour|por|per|voor|за)(?: .*)?)?$`,
);
/** "Thank you for your order email for 50 customers": customers are to be thanked. */
const thanksToOthers =
  /\b(?:for|por|pour|für) (?:your \S+ .*|signing|joining|shopping|subscribing|buying|coming|visiting|attending|following|being|choosing|ordering|purchasing|registering).*\b(?:emails?|templates?|page|cards?|notes?|posts?|messages?|campaign|copy|letters?|captions?|text|banner|video)\b/;
const isThanks: Reader = (text, words) =>
  (thanks.test(text) && !thanksToOthers.test(text) && !text.endsWith(' for nothing')) ||
  praise.test(text) ||
  verdict(words) === 'good' ||
  foreignVerdict.exec(text)?.[1] !== undefined ||
  // "Thanks Anna"
  (words.length === 2 && /^(?:thanks|cheers|thx)$/.test(words[0]!) && /^\p{L}+$/u.test(words[1]!) && !/(?:s|ing)$/.test(words[1]!));

const praise =
  /^(?:you rock|(?:you're|you are|you guys are|you all are) (?:the best|great|amazing|awesome|a star|a lifesaver)|(?:i |we )?(?:really |just )?love (?:it|this|that|these|them)|(?:i |we )?(?:really |do )?appreciate (?:it|this|that|the|your|you)\b.*|much appreciated|well done|that's all|that is all|that was all|all good|got it|sounds good|keep it up|keep up the (?:good|great) work|exactly what (?:i|we) (?:needed|wanted)|(?:good|great|nice|excellent|amazing|awesome|fantastic) (?:job|work|stuff)(?: (?:on|with|finding|everyone|team|guys|all|again|so far|today|there)\b.*)?)$/;

// --- Complaints.

const isComplaint: Reader = (text, words) =>
  verdict(words) === 'bad' ||
  foreignVerdict.test(text) ||
  [
    /^(?:thanks|thank you) for nothing$|^(?:you suck|fuck (?:you|off|this)|screw you|wtf)$/,
    /^(?:(?:i|we) (?:can't|cannot|can not|couldn't|am unable to|are unable to) (?:open|download|see|find|read|use)|the download (?:link )?(?:is broken|is dead|fails|failed|doesn't work|does not work)) ?(?:(?:the|my|our|this|it) ?(?:file|files|result|results|link|csv|pdf|download|spreadsheet|leads|emails)?)?$/,
    /^why (?:did you|do you|have you|didn't you|are you|did my|is it so|is this so|is everything|are (?:the|these|my|your) (?:\w+ ){0,2}(?:leads|emails|results|contacts|posts|rows))\b/,
    /^you (?:only |just |still |already |again )?(?:sent|gave|charged|forgot|missed|didn't|did not|never|keep|wrote|made|took|ignored|promised|failed|lied|stole|wasted|are (?:wrong|late|useless|too))\b/,
    /^(?:i|we) (?:already )?(?:asked for|paid for|was charged|were charged|didn't (?:get|ask|receive|order|want)|did not (?:get|ask|receive|order|want)|never (?:got|asked|received|ordered)|haven't (?:got|received)|only (?:got|received|found)|(?:got|received) (?:only|just|nothing|no|wrong|bad|duplicate|fake|half)|(?:am|are) (?:not happy|disappointed|unhappy|not satisfied|very disappointed)|want (?:a refund|(?:my|our) (?:money|credits) back))\b/,
    /^(?:i'm|we're) (?:very |really |so |not )?(?:disappointed|unhappy|angry|upset|happy with|satisfied)\b/,
    /^(?:(?:(?:can|could|may) (?:i|we) (?:get|have)|give (?:me|us)|where is|what(?:'s| is)) )?(?:a |my |our |your )?refund(?: me| us| please| policy)?(?: please)?$|^(?:(?:give me|give us|return|refund) )?(?:back )?(?:my|our) (?:money|credits)(?: back)?$|^money back$|^give (?:me|us) (?:back )?(?:my|our) (?:money|credits)(?: back)?$/,
    /^(?:that|this|it)(?:'s| is| was) (?:not|n't) (?:what|the|how)\b|^(?:that|this) (?:isn't|wasn't) (?:what|the)\b|^not what (?:i|we) (?:asked|wanted|needed|ordered|expected)\b/,
    /^not (?:good|great|happy|right|helpful|useful|correct)(?: enough| at all)?$|^(?:something|everything) (?:is|went) wrong$|^(?:nothing|it) (?:happened|works|worked|doesn't work|does not work)$/,
  ].some((pattern) => pattern.test(text));

// --- Questions about the product.

const us = '(?:you|u|it|this|that|impacter|(?:this|the) (?:bot|app|thing|tool|service|product|website))';
const tell = '(?:please )?(?:(?:can|could) you )?(?:tell me |show me |explain )?';
const isAboutUs = matches(
  /^(?:help|help me|help us|(?:i|we) need help|need help|(?:can|could|would) you (?:please )?help(?: me| us)?|menu|commands|instructions|getting started)$/,
  new RegExp(`^(?:how|where) (?:do|can|should|to) ?(?:i|we)? ?(?:start|begin|use ${us})$`),
  new RegExp(`^${tell}(?:who|what)(?: are| is| r|'s) ${us}(?: exactly| anyway| about| called| for| really)?$`),
  new RegExp(
    `^${tell}what (?:else |exactly |all |services |kinds? of (?:things|work|tasks) )?(?:can|could|do|does|are) ${us}(?: able to| capable of)?(?: do| offer| support| provide)?(?: for (?:me|us))?(?: here| exactly| doing)?$`,
  ),
  new RegExp(`^${tell}what ${us} (?:can|could) do(?: for (?:me|us))?$`),
  /^what (?:can|should|could|do) (?:i|we) (?:ask(?: you)?(?: for)?|do(?: here| next| now)?)$|^what are your (?:features|services|skills|limits|capabilities)$/,
  new RegExp(`^${tell}how (?:do |does )?(?:${us}|everything)(?: all| really| actually)* works?(?: exactly)?$`),
  new RegExp(
    `^(?:are|r|is) (?:${us}|anyone|anybody|somebody|someone)(?: (?:a|an|the|still|really|also|bot|robot|human|ai|real|person|chatgpt|gpt|there|here|alive|working|online|awake|ready|free|safe|secure|reliable|legit|machine))+$`,
  ),
  // "What kind of leads can you find?", "is my data safe with you?"
  /^what (?:kinds?|sorts?|types?) of (?:\S+ ){1,3}(?:can|do|could) you (?:\S+)$|^is my data (?:safe|secure|private)\b.*$/,
  // "Do you send emails?", but not "do you have dentists in Miami?"
  /^do you (?!have|know|remember|need|want|think|see|recommend)\p{L}+(?: (?!me |us )\p{L}[\p{L}'-]*){0,6}$/u,
  /^(?:can|do) you (?:speak|understand) [\p{L} ]{1,40}$/u,
  /^what languages (?:do|can) you (?:speak|understand)$|^how are you(?: doing)?(?: today)?$|^what'?s up$|^who (?:made|built|owns|runs) (?:you|this|impacter)$/,
  /^(?:what next|what now|now what|what's next|what is next)$/,
  /^(?:(?:contact |customer )?support|(?:(?:i|we) (?:want|need|would like) to |i'd like to |can (?:i|we) )?(?:talk|speak|chat) (?:to|with) (?:an? )?(?:human|person|real person|someone|somebody|support))$/,
);

const priceWords = set('cost costs price prices pricing charge expensive rates fee fees');
const plainPriceWords =
  set(`what what's whats how much many does do did will would is are it this that you your u the a an one each per for to get find send write make use
  lead leads email emails post posts row rows task tasks request requests credit credits usd dollars dollar euro euros euros money here i we me us
  have pay of in your service services product bot impacter work plan plans tell please about cost costs price prices pricing charge expensive rates fee fees`);
const pricedUnits = new RegExp(
  String.raw`(?:^| )(?:${count})(?: [\p{L}'-]+){0,3} (?:leads?|contacts?|emails?|rows?|posts?|tweets?)(?: |$)`,
  'u',
);
const isAboutPrice: Reader = (text, words) => {
  if (/^what (?:do|can|would) (?:i|we) (?:get|buy) (?:for|with) \d[\d,.]* credits$/.test(text)) return true;
  if (!/^(?:what|what's|whats|how much|how expensive|price|prices|pricing|cost|costs|fees?|tell me|your prices)(?: |$)/.test(text))
    return false;
  const isPlain = words.every((word) => plainPriceWords.has(word) || /^\d[\d.,]*k?$/.test(word));
  if (words.some((word) => priceWords.has(word))) return isPlain || pricedUnits.test(text);
  return /^how much (?:is|are|for|do you)\b/.test(text) && (isPlain || pricedUnits.test(text));
};

const plainCreditWords =
  set(`how many much credits credit do does did i we have had left are is my our the balance what what's whats show me tell check current account available
  remaining still got you can please in on of expire when get more buy where use used spend spent need add to free this month today any a there see give view top up
  with for at was were us`);
/** "Why did it cost 100?" */
const plainWhyWords =
  set(`why did does do was were is are am has have it this that they these those i we the my our last request so all really too much many more twice
  again me us for use used using lose lost cost costs charged billed paying expensive credit credits`);
const isWhyCharged: Reader = (text, words) =>
  /^why .*\b(?:cost|costs|charged|billed|expensive|credits)\b/.test(text) &&
  words.every((word) => plainWhyWords.has(word) || ours.has(word) || /^\d/.test(word));
const isAboutCredits: Reader = (text, words) =>
  isWhyCharged(text, words) ||
  /^(?:(?:buy|get|add)(?: me)? \d[\d.,]* credits|top(?: me| us)? up)(?: please)?$/.test(text) ||
  (words.some((word) => ['credit', 'credits', 'balance'].includes(word)) &&
    words.every((word) => plainCreditWords.has(word)) &&
    text !== 'balance sheet');

const isAboutTasks = matches(
  new RegExp(
    String.raw`^(?:where|when)(?:'s| is| are| can i (?:see|find|get|download)| do i (?:see|find|get)| will)(?: (?:my|the|our|your|these|those|last|new|all|\d[\d.,]*))+ (?:${oursPattern})(?: (?:you|found|sent|wrote|made|ready|done|finished|now|be|here|yesterday|today|from|gone|the|file))*$`,
  ),
  new RegExp(
    String.raw`^(?:is|are) (?:it|this|that|they|(?:my|the|our) (?:\S+ ){0,2}(?:${oursPattern})) (?:done|ready|finished|running|still running|complete|sent)(?: yet| now)?$`,
  ),
  /^(?:did|didn't) (?:you|it) (?:already |really |just |even |actually |ever )*(?:send|email|find|write|finish|start|post|scrape|contact|complete|do|get|see|receive|forget|stop|make|deliver|charge)\b/,
  /^(?:have|haven't) you (?:already |really |just |even |ever )*(?:sent|emailed|found|written|finished|started|posted|scraped|contacted|completed|done|seen|received|forgotten|stopped|made|delivered|charged)\b/,
  /^(?:are|aren't) you (?:still |already )*(?:done|finished|working|sending|writing|searching|looking)\b/,
  /^(?:when|where|how) (?:did|will|have) you (?:send|sent|email|find|found|finish|get these|get this|get the|got)\b/,
  /^where (?:are they|is it)$|^(?:status|progress|(?:what's|what is) (?:the|my) (?:status|progress)|any (?:news|updates?|progress)(?: yet)?|how long (?:does|will) (?:it|this) take|how (?:do|can) (?:i|we) (?:cancel|stop|see|download|open|delete|export)(?: (?:a|an|the|my|our|this|last|running|it|csv|pdf|task|tasks|result|results|file|files|history|request|leads|emails|posts|spreadsheet))*)$/,
);

const isAboutAccount = matches(
  /^(?:please )?(?:(?:i|we) (?:want|would like|need) to |i'd like to |how (?:do|can|could) (?:i|we) )?(?:cancel|delete|close|change|update|invite|add|remove|reset|leave|rename|export) (?:my|our|the|a) (?:subscription|account|data|personal data|password|email address|login|team|plan|card|billing|members?|team members?|username)$/,
  /^(?:login|log in|sign in|my (?:login|password)) (?:doesn't|does not|isn't|is not|won't) (?:work|working)$/,
  /^how (?:do|can) (?:i|we) (?:log in|log out|sign in|sign out|sign up|connect slack|connect discord|create an api key|get an api key)$/,
);

// --- Prohibitions.

/** What we must not do to others, or at all. */
const forbiddable =
  set(`send email mail contact message post tweet publish share reach call text charge spend start scrape crawl buy touch bother reply
  answer spam sell store proceed continue begin bill order respond go`);
/** "Don't write any emails" forbids; "don't write too long", "don't use emojis" say how to do it. */
const alsoForbiddable = set('write find search look generate create make do run work ask research give get');
const whole = set('it that this them anything any anyone anybody more me nothing');
const ongoing =
  set(`sending emailing mailing finding searching scraping posting writing contacting messaging working charging spamming doing running tweeting crawling
  researching texting calling looking publishing sharing asking generating creating making replying bothering`);
const everything =
  set(`it this that everything all now immediately the my this last previous current running task tasks request requests order job run them these those
  please lead leads email emails work search subscription account at once here me us from your mails list mailing newsletter newsletters off for good entirely a`);
/** "Never send cold emails blind: an article" */
const made =
  /\b(?:article|blog|blog post|essay|story|guide|video|script|speech|quotes?|poem|template|poster|sign|slogan|page|song|book|ad|campaign|course)$/;

const isProhibition: Reader = (text, words) => {
  // "Can you stop emailing them?"
  const politely = /^(?:can|could|would|will) you (?:please )?(?=(?:cancel|stop|abort|unsubscribe)\b)/.exec(text)?.[0];
  if (politely !== undefined) return isProhibition(text.slice(politely.length), words.slice(politely.trim().split(' ').length));
  if (
    /^(?:never mind|nevermind|never|forget (?:it|that|about it|this)|leave (?:it|me alone)|not (?:now|yet)|no thanks|no thank you|thanks no|hold on|thanks but no thanks|you can stop(?: now)?|don't|do not|dont|please don't|no need|don't worry(?: about it)?)$/.test(
      text,
    )
  )
    return true;
  if (/^(?:unsubscribe|cancel|abort|halt|stop|quit|cease|opt out)\b/.test(text)) {
    const rest = words.slice(text.startsWith('opt out') ? 2 : 1);
    return (
      rest.every((word) => everything.has(word)) || (/^(?:stop|quit|cease)$/.test(words[0]!) && ongoing.has(rest[0]!) && !made.test(text))
    );
  }
  const forbidden =
    /^(?:(?:you )?(?:must|may|should|can|do) ?not|don't|dont|never ever|never|you(?:'re| are) not allowed to|you (?:mustn't|shouldn't|can't|cannot|must never|should never)|mustn't) (?:ever |just |even |please )?(?:dare to )?(\S+)/.exec(
      text,
    );
  if (forbidden) {
    const verb = forbidden[1]!;
    const object = words.slice(words.indexOf(verb) + 1);
    const isAll = object.length === 0 || object.some((word) => whole.has(word) || ours.has(word));
    return (forbiddable.has(verb) || (alsoForbiddable.has(verb) && isAll)) && !made.test(text);
  }
  if (/^(?:i|we) (?:don't|do not|dont|never) (?:want|need)\b/.test(text))
    return words.length <= 10 && words.some((word) => ours.has(word) || ['anything', 'it', 'this'].includes(word));
  if (/^no more (?!than)/.test(text)) return words.length <= 6 && words.some((word) => ours.has(word));
  if (words[0] === 'keine' || words[0] === 'kein' || foreign.test(text))
    return words.length <= 10 && !/\b(?:sondern|nur|aber|sino|mais|pero)\b/.test(text);
  return false;
};
/** "die 50 Leads waren super" */
const foreignVerdict =
  /^(?:die|das|diese|los|las|les|ces|estos) .{1,60} (?:waren|war|sind|ist|étaient|sont|eran|son|fueron) (?:sehr |très |muy )?(?:(super|toll|gut|perfekt|klasse|parfaits?|bien|geniales|perfectos|buenos|excelentes)|schlecht|falsch|doppelt|mauvais|faux|malos|duplicados)$/u;
const foreign =
  /^(?:bitte )?(?:sende|schicke?|suche?|finde?|schreibe?|mache?|poste|kontaktiere) (?:\S+ )?(?:keine?n?|nicht)\b|^(?:bitte )?keine?n? (?:e-?mails?|leads|mails|posts|kunden)\b|^(?:ne|n'\S+|n') (?:\S+ )?(?:pas|plus|jamais)\b|^(?:por favor )?no (?:envíes|envies|mandes|busques|escribas|publiques)\b/;

const readers: readonly (readonly [Talk, Reader])[] = [
  ['about-account', isAboutAccount],
  ['prohibition', isProhibition],
  ['about-price', isAboutPrice],
  ['about-credits', isAboutCredits],
  ['about-tasks', isAboutTasks],
  ['about-us', isAboutUs],
  ['thanks', isThanks],
  ['complaint', isComplaint],
];
