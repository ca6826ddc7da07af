/** The environment of a process that delivers everything twice and tells of it in the file `report`. */
export const twice = (report: string, parts = 'all') => ({
  NODE_OPTIONS: `--import=${new URL('preload.ts', import.meta.url)}`,
  AORTA_TWICE: parts,
  AORTA_TWICE_REPORT: report,
});
