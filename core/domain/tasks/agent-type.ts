/** The seven kinds of work the product offers, by the names the product has always had. */
export const agentTypes = [
  'lead-generation',
  'email-campaign',
  'web-scraping',
  'social-media',
  'content-creation',
  'research',
  'general',
] as const;
export type AgentType = (typeof agentTypes)[number];

export function isAgentType(text: string): text is AgentType {
  return (agentTypes as readonly string[]).includes(text);
}
