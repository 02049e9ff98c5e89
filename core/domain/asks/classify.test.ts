import { describe, expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { agentTypes, type AgentType } from '../tasks/agent-type.ts';
import { classify } from './classify.ts';

const sentences: Record<AgentType, string[]> = {
  'lead-generation': [
    'find me 100 leads in Miami',
    'find 1,500 leads',
    'find 2.5 leads',
    'Find 103 investors in Miami',
    '100 leads in Miami',
    'leads for dentists in Boston',
    'Leads: dentists, Boston',
    'I need a list of 50 plumbers in Austin',
    'get me 200 qualified leads for our SaaS',
    'please could you find some prospects for my agency?',
    'Compile a spreadsheet of startups in Berlin that raised money this year',
    'build an email list of yoga studios',
    'find email addresses of restaurant owners in Rome',
    'get emails of dentists in Leeds',
    'find investors who post on LinkedIn',
    'Find leads for Research Gate Inc',
    'find leads for "Content Creation Studio"',
    'find 50 leads and email them',
    'enrich the list & then please email everyone',
    'find leads without contacting them',
    'Find decision makers at Scrape Inc',
    "don't write anything, just get me leads",
    'no emails, only leads',
    'no more than 50 leads in Ghent',
    'how about 50 leads in Miami',
    'Hi team, we would like to have 20 contacts at biotech companies',
    'generate 30 B2B leads',
    'lead generation for a roofing company',
    'We sell email tools. Find 50 leads in Berlin.',
    'send me 100 leads in Miami',
    'leads Miami dentists',
    '100 leads with name, email, phone',
    'We research markets for a living. Find 20 leads.',
    'enrich the attached contacts',
    'Gather contact info for 20 HVAC companies in Phoenix AZ',
    '1. find 20 leads 2. email them',
    'Without scraping anything, find leads in Miami',
  ],
  'email-campaign': [
    'send 50 emails to my customers',
    'Send an email campaign to our subscribers',
    'email 200 dentists about our new scanner',
    'write 5 cold emails for CTOs',
    'I need 50 emails for my spring campaign',
    'Draft a follow-up email to last week’s leads',
    'email campaign for the spring sale',
    'reach out to 30 journalists about the launch',
    'take the attached leads.csv and email everyone in it',
    'set up a drip campaign for new users',
    'E-mail the people on my list about post codes',
    'Could you contact 20 suppliers and ask for prices?',
    'send our newsletter to all subscribers',
    'do not scrape anything, write 10 cold emails',
    'Plan an email marketing campaign',
    'Produce a 10-email nurture sequence',
    "Don't forget to email the list",
  ],
  'web-scraping': [
    'scrape https://example.com/prices',
    'Scrape 2k rows from the shop page',
    'extract all product names from www.example.com',
    'crawl our docs site and list broken links',
    'get all prices from example.com',
    'Collect the listings from zillow in Austin',
    'collect all emails from https://example.com/team',
    'Go to https://example.com/pricing and scrape the table',
    '2k rows from the example.com catalogue',
    'web scraping of job boards',
    'please download the reviews from amazon for these products',
    "I don't need leads, scrape the table at https://example.com instead",
    'scrape leads from linkedin.com',
    'Make a CSV of all the courses listed on https://x.edu/courses',
    'Monitor competitor prices on amazon.de',
  ],
  'social-media': [
    'post this on LinkedIn',
    'Write 3 posts a week for 4 weeks',
    'create 5 Instagram captions for our bakery',
    'tweet our launch',
    'schedule 5 tweets about the release',
    'write a LinkedIn post about hiring',
    'social media strategy for a cafe',
    'share our press release on Facebook',
    'write something for Instagram',
    'read this article and post a summary on LinkedIn',
    'not a blog post but a tweet',
    'Post "50 leads in Miami" on Facebook',
    'make a Twitter thread out of our changelog',
    'Turn this blog post into 5 tweets',
    'I want to announce our launch on Twitter and LinkedIn',
  ],
  'content-creation': [
    'write a blog post about email marketing',
    'Write an article about Twitter',
    'create a landing page for leads',
    'draft a press release',
    'write a report on lead generation',
    'design a logo',
    'translate this page to Spanish',
    'I need a blog-post about scraping',
    'I want a website for my restaurant',
    'write a story about a postman',
    'Blog post: ten email mistakes',
    'make a presentation about our research',
    'come up with ideas for a newsletter',
    'not a tweet but a press release',
    'Write a leadership course outline',
    'publish a blog post about our leads',
    'We are a team that sends emails. Create a one-pager.',
    'I email my customers every week. Write a blog post about that.',
  ],
  research: [
    'research lead generation tools',
    'research three competitors',
    "don't scrape, just research competitors",
    'research X instead of scraping it',
    'find out who leads the EV market',
    'market research on oat milk',
    'compare Notion and Coda',
    'competitor analysis: email tools',
    'analyze how our competitors use social media',
    'what are the best CRM tools?',
    'Research Tesla Inc',
    'find the best laptop under $500',
    'find articles about web scraping',
    'Summarize https://example.com/report',
    'look into email providers',
    'prepare a market report on EV batteries',
    'tell me about lead generation',
    'find information about Mailand',
    'collect data on EV sales',
    "I can't find my way through pension rules, please research them",
    'find tweets about our brand',
    'Who are the top 10 competitors of Stripe?',
    "why don't you research the topic first",
    "We don't want leads but a market report",
  ],
  general: [
    'hello',
    'what can you do?',
    'remind me to call my mother',
    'Hire a researcher',
    'my postcode is 1234 AB',
    'plan a trip to Mailand',
    'what is leadership?',
    'book a table for 4 people',
    'how many leads did I get?',
    'schedule a meeting with Anna tomorrow',
    'show me my balance',
    'http://post.com',
    'the mailman is late',
    'where is the post office?',
    '你好',
    'don’t send emails',
    'Lead a brainstorm on names',
    'Tell me a joke',
    'Scrape Inc sent me an invoice',
    'My app is called "research, write and post"',
    'Our motto: “scrape everything”',
    'reset my password, please',
  ],
};

for (const type of agentTypes) {
  describe(`read as ${type}`, () => {
    test.each(sentences[type])('%s', (sentence) => {
      expect(classify(sentence).because).toMatch(new RegExp(`^read as ${type} because`));
      expect(classify(sentence).type).toBe(type);
    });
  });
}

test('the reason names the word that decided', () => {
  expect(classify('find me 100 leads in Miami')).toEqual({
    type: 'lead-generation',
    because: 'read as lead-generation because of “leads”',
  });
  expect(classify('Please research our competitors').because).toBe('read as research because of “research”');
  expect(classify('hello').because).toBe('read as general because nothing in it names a special kind of work');
});

test('a person’s own choice wins over every word', () => {
  expect(classify('find me 100 leads', 'research')).toEqual({ type: 'research', because: 'read as research because you chose it' });
});

test.each(['don\'t "find leads, research and not ', 'a', 'A', 'a-', 'and ', 'you ', "'a ", '"', 'A b ', '@a', '.a', ' not', ', and post'])(
  'twenty thousand characters of %j are read in a blink',
  (piece) => {
    expect(cpuMs(() => classify(piece.repeat(20_000 / piece.length)))).toBeLessThan(500);
  },
);
