import type { Limit } from "./take.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How often something may be tried: at most `max` times in `windowS` seconds, by each whom `limitOf` is told, else by all together.
 * Which of them stand at a door says workers/doors.ts; the others are counted by one verb each.
 */
export const limits = {
  // Far above what a person clicks, and what a script of theirs needs; far below what holds others up.
  "change:person": { max: 120, windowS: minute },
  "change:tenant": { max: 600, windowS: minute },
  "export-download:tenant": { max: 30, windowS: hour },
  /** What workflows in Shopify Flow ask of one client: each call leaves a row for good. */
  "flow:tenant": { max: 60, windowS: minute },
  "flow-day:tenant": { max: 1000, windowS: day },
  "invite:address": { max: 5, windowS: day },
  "invite:tenant": { max: 50, windowS: day },
  "key:tenant": { max: 40, windowS: 10 * minute },
  "key:user": { max: 20, windowS: 10 * minute },
  /** Of one connection. */
  list: { max: 10, windowS: 10 * minute },
  "oauth:ip": { max: 120, windowS: 10 * minute },
  "oauth:user": { max: 60, windowS: 10 * minute },
  /** What visitors of one network tell of storefronts. */
  "pixel:network": { max: 30, windowS: minute },
  /** A person's tries of one connection: what a provider allows our app is shared by all clients. */
  probe: { max: 30, windowS: 10 * minute },
  /** A client's people, by two admins at once, or one with two tabs: each would see that nobody was told yet. */
  "remind:tenant": { max: 1, windowS: minute },
  "sign-in:address": { max: 5, windowS: 15 * minute },
  "sign-in:browser": { max: 5, windowS: 15 * minute },
  "sign-in:network": { max: 20, windowS: 15 * minute },
  /** All browsers that have not signed in before. */
  "sign-in:unknown-browsers": { max: 5000, windowS: day },
  "sign-in-day:address": { max: 12, windowS: day },
  "sign-in-day:browser": { max: 20, windowS: day },
  /** What all codes of one address together allow: new mails bring new tries. */
  "sign-in-code": { max: 25, windowS: day },
  "sign-in-code:network": { max: 30, windowS: 15 * minute },
  /** People mistype a few codes an hour among them all; who tries one code at each of many addresses makes more. */
  "sign-in-code:wrong": { max: 100, windowS: hour },
  "sign-up:network": { max: 5, windowS: hour },
  /** All who ask for a workspace together: an admin reads each of them. */
  "sign-up": { max: 100, windowS: day },
  "webhook-refused": { max: 500, windowS: hour },
  "webhook-refused:network": { max: 20, windowS: hour },
} as const satisfies Record<string, Omit<Limit, "key">>;

export type LimitName = keyof typeof limits;

/** A limit of this name for one: a person, a client, an address, a connection, a network as `networkOf` has it. */
export const limitOf = (name: LimitName, of?: string): Limit => ({ key: of === undefined ? name : `${name}:${of}`, ...limits[name] });
