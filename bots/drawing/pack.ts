// Blocks put together into posts. What belongs together stays in one post, so that none begins with a table whose file stands in the
// post before.

/** What one post takes, and how many posts there may be. `rest` stands at the end of the last one where more was left out. */
export interface Room<Block> {
  /** The weight of a post. */
  readonly post: number;
  readonly posts: number;
  /** Blocks of a post; where a block counts as several, `countOf` says as how many. */
  readonly blocks: number;
  readonly countOf?: (block: Block) => number;
  readonly rest: readonly Block[];
}

/** Units are blocks that stay together; one that is heavier than a post has one of its own. */
export function packUnits<Block>(
  units: readonly (readonly Block[])[],
  weightOf: (block: Block) => number,
  { post: most, posts: postsMost, blocks: blocksMost, countOf = () => 1, rest }: Room<Block>,
): Block[][] {
  const posts: { blocks: Block[]; weight: number; count: number }[] = [];
  const total = (blocks: readonly Block[], measure: (block: Block) => number) => blocks.reduce((sum, block) => sum + measure(block), 0);
  for (const unit of units) {
    const [weight, count] = [total(unit, weightOf), total(unit, countOf)];
    const last = posts.at(-1);
    const isLastPost = posts.length === postsMost;
    // The last one keeps room for saying that there was more.
    const room = isLastPost ? blocksMost - total(rest, countOf) : blocksMost;
    if (last !== undefined && last.weight + weight <= most && last.count + count <= room) {
      last.blocks.push(...unit);
      last.weight += weight;
      last.count += count;
    } else if (isLastPost) {
      last!.blocks.push(...rest);
      break;
    } else posts.push({ blocks: [...unit], weight, count });
  }
  return posts.map(({ blocks }) => blocks);
}
