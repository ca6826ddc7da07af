/** How a result is shown: a table for people, or one JSON object for programs. */
import { type Bench, type BenchResult, type Floor, missedFloors } from './harness.ts';

/** `{bench, cases: [{name, …figures}], ratios: {name: number}}` */
export function toJson({ name }: Pick<Bench, 'name'>, { cases, ratios }: BenchResult): string {
  const flat = cases.map((each) => ({ name: each.name, ...each.figures }));
  return JSON.stringify({ bench: name, cases: flat, ratios });
}

/** The cases, then the ratios beside their floors. */
export function toTable({ floors }: Pick<Bench, 'floors'>, { cases, ratios }: BenchResult): string {
  const figures = [...new Set(cases.flatMap((each) => Object.keys(each.figures)))];
  const caseLines = align([
    ['case', ...figures],
    ...cases.map((each) => [each.name, ...figures.map((figure) => toText(each.figures[figure]))]),
  ]);
  const missed = missedFloors(floors, ratios);
  const verdict = (name: string): string => {
    const own = floors.filter((floor) => floor.ratio === name);
    const isMissed = missed.some((floor) => floor.ratio === name);
    return own.length === 0 ? '' : `${own.map(boundText).join(', ')}: ${isMissed ? 'MISSED' : 'holds'}`;
  };
  const ratioLines = align([
    ['ratio', 'measured', 'floor'],
    ...Object.entries(ratios).map(([name, ratio]) => [name, toText(ratio), verdict(name)]),
  ]);
  return [...caseLines, '', ...ratioLines].join('\n');
}

/** One floor that was missed, with why it matters. */
export function describeMiss(floor: Floor, ratios: BenchResult['ratios']): string {
  const measured = toText(ratios[floor.ratio]);
  return `${floor.ratio} is ${measured} and has to be ${boundText(floor)}: ${floor.because}`;
}

const boundText = (floor: Floor) => ('atLeast' in floor ? `≥ ${floor.atLeast}` : `≤ ${floor.atMost}`);

/** Four digits are more than a measurement is worth; what was counted is shown whole. */
function toText(value: number | undefined): string {
  if (value === undefined) return '–';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** Columns of equal width, the first one flush left. */
function align(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
