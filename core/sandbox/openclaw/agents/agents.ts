import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { SandboxAgent } from './agent.ts';
import { documentAgent } from './document.ts';
import { generalAgent } from './general.ts';
import { rowsAgent } from './rows.ts';
import { webScrapingAgent } from './web-scraping.ts';

export const sandboxAgents: Record<AgentType, SandboxAgent> = {
  'lead-generation': rowsAgent('leads'),
  'email-campaign': rowsAgent('emails'),
  'social-media': rowsAgent('posts'),
  'web-scraping': webScrapingAgent,
  'content-creation': documentAgent,
  research: documentAgent,
  general: generalAgent,
};
