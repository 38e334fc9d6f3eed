import type { JobConfig } from "#db/words/runs.ts";

/** A group of settings, and no list or value. */
export const isGroup = (value: unknown): value is JobConfig => typeof value === "object" && value !== null && !Array.isArray(value);

/** Settings with others in place of some: of a group, those that are given; a list as a whole. */
export const mergeConfig = (own: JobConfig, given: JobConfig): JobConfig => ({
  ...own,
  ...Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const before = own[name];
      return [name, isGroup(value) && isGroup(before) ? mergeConfig(before, value) : value];
    }),
  ),
});
