/** What the playground shows first. */
export const welcome = `# Aorta: open this subscription, then run the mutation in another tab.

subscription Watch {
  watchActivity {
    type
    occurredAt
    cursor
    ... on WatchStarted { userId videoId quality }
  }
}

mutation Start {
  startWatching(userId: "ada", videoId: "metropolis") { id startedAt video { title } }
}
`;
