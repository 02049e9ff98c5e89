// The words by which a kind of work is recognised. Only whole words and phrases count; classify.ts has the grammar.

import type { AgentType } from '../tasks/agent-type.ts';

/**
 * A verb decides alone (its value is an agent type), or says how to read its object: `write` and `make` bring something
 * into being, `turn` something into something else, `seek` looks for it, `collect` brings it together, `fetch` hands it
 * over, `do` carries it out, `send` and `publish` let it go outside.
 */
export type VerbKind = AgentType | 'write' | 'make' | 'turn' | 'seek' | 'collect' | 'fetch' | 'do' | 'send' | 'publish';

/** The kind of work a thing stands for, and where that differs by whether the thing is made or sought. */
export interface Noun {
  readonly type: AgentType;
  readonly made?: AgentType;
  readonly sought?: AgentType;
  /**
   * `field` often only describes the next word ("lead generation tools"): it counts where nothing follows it.
   * `audience` is anybody one could look for or write to: it counts only when somebody is looked for.
   */
  readonly role?: 'field' | 'audience';
}

export const verbs: ReadonlyMap<string, VerbKind> = new Map([
  ...verb('web-scraping', 'scrape, crawl, extract, harvest, scraping, crawling'),
  ...verb(
    'research',
    `research, researching, investigate, analyse, analyze, compare, study, benchmark, evaluate, assess, explore, survey,
    summarise, summarize, fact-check, find out, look into, look up, figure out, dig into, tell me about, learn about,
    read up on, do research, keep an eye on`,
  ),
  ...verb('email-campaign', 'email, emailing, mail, write to, reach out, contact, follow up, get in touch, message'),
  ...verb('social-media', 'tweet, tweeting, post, posting'),
  ...verb('lead-generation', 'prospect, prospecting, enrich'),
  ...verb('content-creation', 'translate, proofread, rewrite, reword, paraphrase, illustrate, ghostwrite, blog'),
  ...verb('write', 'write, draft, compose, edit, design, outline, script, writing'),
  ...verb('make', 'create, make, build, generate, produce, prepare, put together, come up with, assemble, develop, set up'),
  ...verb('turn', 'turn, convert, transform'),
  ...verb('seek', 'find, search, search for, look for, looking for, identify, discover, locate, source, hunt, hunt for, scout'),
  ...verb('collect', 'collect, gather, compile, pull, grab, download, export, track, monitor'),
  ...verb('fetch', 'get, give, show, bring, fetch, list, deliver'),
  ...verb('do', 'do, run, start, launch, conduct, perform, carry out, plan, manage, handle, qualify, clean, verify, update, continue'),
  ...verb('send', 'send, send out'),
  ...verb('publish', 'publish, share, schedule, announce'),
]);

/** Verbs that are as often nouns: they are read as verbs only where an object follows. */
export const alsoNouns = set(
  'email, mail, contact, message, post, posting, tweet, blog, research, study, survey, benchmark, prospect, design, draft, outline, script, source, search, hunt, list, track, plan, run, start, launch, share, schedule, export, download',
);

export const nouns: ReadonlyMap<string, Noun> = new Map([
  ...thing(
    { type: 'lead-generation' },
    'leads, lead list, lead lists, prospects, prospect list, contacts, contact list, contact lists, decision makers',
  ),
  ...thing({ type: 'lead-generation', role: 'field' }, 'lead, lead generation, lead gen, leadgen, prospecting'),
  ...thing(
    { type: 'lead-generation' },
    'email address, email addresses, email list, email lists, mailing list, phone numbers, contact details, contact data, contact info, contact information, contact person, contact persons',
  ),
  ...thing(
    { type: 'lead-generation', role: 'audience' },
    `people, investors, angel investors, buyers, clients, customers, companies, businesses, firms, startups, founders,
    owners, ceos, ctos, cfos, cmos, executives, managers, recruiters, agencies, brokers, realtors, agents, dentists,
    doctors, clinics, hospitals, lawyers, attorneys, accountants, plumbers, electricians, contractors, roofers, florists,
    restaurants, cafes, bakeries, bars, hotels, gyms, salons, spas, shops, stores, retailers, wholesalers, suppliers,
    manufacturers, distributors, vendors, resellers, partners, sponsors, influencers, creators, journalists, podcasters,
    bloggers, freelancers, developers, engineers, designers, consultants, coaches, photographers, venues, schools,
    nonprofits, organisations, organizations, candidates, attendees, subscribers, vcs, researchers, scientists,
    professors, experts, speakers, mentors, authors, landlords, tenants, homeowners, users, members`,
  ),
  ...thing({ type: 'email-campaign', sought: 'lead-generation' }, 'emails, mails'),
  ...thing({ type: 'email-campaign', sought: 'lead-generation', role: 'field' }, 'email, mail'),
  ...thing(
    { type: 'email-campaign' },
    `email campaign, email campaigns, mail campaign, mailing, mailings, email marketing campaign, drip campaign, email
    sequence, email sequences, email blast, cold email, cold emails, outreach campaign, cold outreach, email outreach,
    follow-ups, follow-up emails, follow-up email, email template, email templates, email copy, nurture
    sequence, nurture campaign`,
  ),
  ...thing({ type: 'email-campaign', role: 'field' }, 'email marketing, outreach'),
  ...thing({ type: 'email-campaign', made: 'content-creation' }, 'newsletter, newsletters, invitation, invitations'),
  ...thing({ type: 'web-scraping' }, 'rows, web scraping, web crawl, data extraction, scraper, crawler'),
  ...thing({ type: 'web-scraping', role: 'field' }, 'scraping'),
  ...thing(
    { type: 'social-media' },
    'social media campaign, social media strategy, social media calendar, social campaign, social calendar',
  ),
  ...thing({ type: 'social-media', role: 'field' }, 'social media, social'),
  ...thing(
    { type: 'social-media', sought: 'research' },
    `tweet, tweets, post, posts, social post, social posts, social media post, social media posts, thread, threads, caption, captions,
    hashtag, hashtags, reel, reels, carousel, carousels`,
  ),
  ...thing(
    { type: 'content-creation', sought: 'research' },
    `article, articles, blog, blogs, blog post, blog posts, blogpost, blogposts, guest post, guest posts, blog article, blog
    articles, document, documents, report, reports, guide, guides, study guide, tutorial, tutorials, ebook, whitepaper,
    white paper, case study, case studies, brief, presentation, presentations, slides, slide deck, pitch deck, essay, story, poem,
    speech, press release, one-pager, faq, manual, documentation, video, videos, video script, script, podcast, infographic`,
  ),
  ...thing(
    { type: 'content-creation', sought: 'research' },
    `website, web page, webpage, landing page, landing pages, homepage, copy, ad copy, sales copy, web copy, website copy,
    product description, product descriptions, brochure, flyer, leaflet, poster, logo, banner, image, images, cover letter,
    cv, resume, proposal, business plan, job post, job posting, job ad, job description, slogan, slogans, tagline, taglines,
    lead magnet, content, content calendar, letter, ideas, headline, headlines, translation, ads, ad`,
  ),
  ...thing(
    { type: 'research' },
    `market research, user research, competitor research, keyword research, desk research, competitor analysis, competitive
    analysis, market analysis, swot analysis, analysis, research report, research reports, research paper, research papers,
    market report, comparison, overview, trends, statistics, stats, facts, information, info, insights, news, sources,
    studies, papers, literature review, due diligence, competitors, alternatives, market size, pros and cons, market
    overview, best practices, regulations, evidence, summary, feasibility study`,
  ),
  ...thing({ type: 'research', role: 'field' }, 'research'),
]);

/** Data that is scraped when it comes from a site, and researched when it does not. */
export const siteData = set(`data, prices, price, pricing, listings, listing, products, product, reviews, table, tables,
  items, entries, records, results, links, titles, headings, html, jobs, offers, catalogue, catalog, profiles, events, properties`);

export const siteWords = set(
  'a-site, site, sites, website, websites, webpage, web page, page, pages, url, urls, homepage, amazon, ebay, yelp, zillow, craigslist, google maps, directory',
);

export const socialPlatforms = set(
  'linkedin, instagram, facebook, twitter, tiktok, bluesky, mastodon, pinterest, youtube, x, threads, social media, socials',
);

/** What a question asks about when it is research rather than small talk. */
export const questionWords = set(
  'best, better, cheapest, fastest, most, largest, biggest, top, difference, differences, vs, versus, compared, trending, latest',
);

/** Phrases that mean something else than their words. */
export const innocent = set(`post office, post offices, post code, post codes, post box, mail room, mail server, mail servers, mail merge,
  email provider, email providers, email tool, email tools, email software, email service, content marketing, lead time,
  lead times, lead singer, lead developer, source code, social security, social worker, social workers, research and development`);

/** Nouns that hand over to what they hold: "a list of leads" is about leads. */
export const containers = set(
  'list, lists, set, batch, series, bunch, couple, hundred, hundreds, thousand, thousands, dozen, dozens, number, database, spreadsheet, csv, excel, table, collection, sheet, lot, pair, plenty',
);

function verb(kind: VerbKind, words: string): [string, VerbKind][] {
  return split(words).map((word) => [word, kind]);
}

function thing(noun: Noun, words: string): [string, Noun][] {
  return split(words).map((word) => [word, noun]);
}

function set(words: string): ReadonlySet<string> {
  return new Set(split(words));
}

function split(words: string): string[] {
  return words.split(',').map((word) => word.trim().replace(/\s+/g, ' '));
}
