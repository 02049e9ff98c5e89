// Words about where in a workspace people may ask.

export const placeWords = {
  title: 'Edit channels',
  where: 'Where people can ask',
  everywhere: (workspace: string) => `In every channel of the ${workspace}`,
  listed: 'Only in listed channels',
  channels: 'Listed channels',
  noChannels: (platform: string) =>
    platform === 'Discord'
      ? 'No channel is known yet. A channel appears here once somebody asks in it. In Discord, /setup listed:True adds the channel where it is used.'
      : 'No channel is known yet. A channel appears here once somebody asks in it.',
  moreChannels: (platform: string) =>
    platform === 'Discord'
      ? 'A channel appears here once somebody asks in it. In Discord, /setup listed:True adds the channel where it is used. Threads and forum posts follow their channel.'
      : 'A channel appears here once somebody asks in it. Threads follow their channel.',
  unnamed: 'A channel without a name',
  direct: 'Direct messages with the bot',
  directHint: 'The team also pays for what members ask there.',
  onlyRoles: (roles: string) => `Only members with one of these roles can ask there: ${roles}`,
  roles: 'Roles that can ask',
  rolesHint: (workspace: string) =>
    `Only members with one of these roles can ask on this ${workspace}. Clear a role to remove it; to add one, use /setup server_role in Discord.`,
  save: 'Save channels',
  tag: (count: number) => (count === 1 ? 'Only in 1 listed channel' : `Only in ${count} listed channels`),
  rolesTag: (count: number) => (count === 1 ? 'Only 1 role' : `Only ${count} roles`),
} as const;
