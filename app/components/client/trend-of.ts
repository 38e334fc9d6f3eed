import type { Tile } from "./sensor-state.tsx";

/**
 * The small line of a tile: of what is counted by the day it ends with the last whole one, since today so far would look like a
 * fall. Left out where there are no two points.
 */
export function trendOf({ trend, running }: Pick<Tile, "trend" | "running">): readonly (number | null)[] | undefined {
  const whole = running ? trend.slice(0, -1) : trend;
  return whole.filter((value) => value !== null).length > 1 ? whole : undefined;
}
