/** Who watches what: a history in MovieLens format, or viewers who are made up. */
import { befriend, type Story, tellStory } from '../../../demo/story.ts';

const viewersPerName = 16; // with the demo's 40 names about as many viewers as the small MovieLens history has

/** The oldest viewings of the folder, or as many that are generated, always the same ones. */
export async function tellHistory(data: string | undefined, viewings: number): Promise<Story> {
  const options = {
    bank: false,
    data,
    limit: viewings,
    rate: 'max',
    seed: 1,
    without: [],
    exit: true,
    json: true,
  } as const;
  const story = await tellStory(options);
  if (data !== undefined) return story;
  const turns = new Map<string, number>();
  const spread = story.viewings.map((viewing) => {
    const turn = turns.get(viewing.userId) ?? 0;
    turns.set(viewing.userId, turn + 1);
    return { ...viewing, userId: `${viewing.userId}-${turn % viewersPerName}` };
  });
  return {
    ...story,
    viewings: spread,
    friendships: befriend([...new Set(spread.map(({ userId }) => userId))]),
  };
}
