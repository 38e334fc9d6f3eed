import type { Change } from "#db/words/learning.ts";
import type { Automation } from "#server/catalog/automation.ts";
import { mostADay, type Policy } from "#server/domain/actions/schemas.ts";
import { wilson } from "#server/models/wilson.ts";
import { type About, figuresOf, type Measures } from "./measures.ts";

/** A wording that several people were to get alike is about none of them. */
const alikeAtLeast = 3;
/** Where people agree this surely, more of the same is what they want. */
const agreedAtLeast = 0.8;
/** Where more than this surely fails, it is better left undone until somebody knows why. */
const failingAtMost = 0.5;
const moreOfIt = 1.5;

export const limitOf = { actions: "actionsADay", customers: "peopleADay", stake: "stakeADay" } as const;

interface Standing {
  automation: Pick<Automation, "acts" | "config">;
  /** Its settings as they are. */
  config: Readonly<Record<string, unknown>>;
  policy: Policy;
}

/**
 * The one thing that would change what was found, where one can honestly be named; else null.
 *
 * - Rejected often: the mildest of its settings that make it stricter and have room. Edited often: the value that most edits came to and that
 *   several people were to get alike, where a setting takes it.
 * - Low agreement: one mode back. Failing more often than not: shadow, until somebody knows why.
 * - A budget that is full on many days: half as much again, but only where people agree with what it proposes.
 */
export function proposalFor(about: About, measures: Measures, standing: Standing): Change | null {
  const { policy } = standing;
  switch (about.kind) {
    case "rejections":
      return stricter(standing);
    case "edits":
      return asEdited(about.what, measures, standing);
    case "failures": {
      const { hits, of } = figuresOf(measures, about);
      const fails = (wilson(hits, of)?.low ?? 0) > failingAtMost;
      return fails && (policy.mode === "approve" || policy.mode === "auto") ? modeTo(policy, "shadow") : null;
    }
    case "low_agreement":
      if (policy.mode === "auto") return modeTo(policy, "approve");
      return policy.mode === "approve" ? modeTo(policy, "shadow") : null;
    case "budgets": {
      const field = about.what in limitOf ? limitOf[about.what as keyof typeof limitOf] : undefined;
      if (!field || (wilson(measures.agreed, measures.decided)?.low ?? 0) < agreedAtLeast) return null;
      return moreOf(policy, field);
    }
    default:
      return about.kind satisfies never;
  }
}

/** As much more as a policy can say; of nothing more is nothing. */
function moreOf(policy: Policy, field: (typeof limitOf)[keyof typeof limitOf]): Change | null {
  const [from, most] = [policy[field], field === "stakeADay" ? Number.MAX_SAFE_INTEGER : mostADay];
  const to = Math.min(Math.ceil(from * moreOfIt), most);
  return to > from ? { does: "rule", field, from, to } : null;
}

const modeTo = ({ mode }: Policy, to: Policy["mode"]): Change => ({ does: "rule", field: "mode", from: mode, to });

function stricter({ automation, config }: Standing): Change | null {
  for (const { setting, by } of automation.acts.stricter ?? []) {
    const from = config[setting];
    if (typeof from !== "number") continue;
    const to = Math.round((from + by) * 100) / 100;
    if (fits(automation, config, setting, to)) return { does: "setting", field: setting, from, to };
  }
  return null;
}

function asEdited(what: string, { edits }: Measures, { automation, config }: Standing): Change | null {
  const setting = automation.acts.edited?.[what];
  const edited = edits.find((each) => each.what === what);
  const [top] = edited?.wordings ?? [];
  if (!setting || !edited || !top || top.people < alikeAtLeast || top.hits * 2 <= edited.hits) return null;
  const from = config[setting];
  if (typeof from === "number") {
    const to = Number(top.to);
    return to !== from && fits(automation, config, setting, to) ? { does: "setting", field: setting, from, to } : null;
  }
  if (typeof from !== "string" || top.to === from || !fits(automation, config, setting, top.to)) return null;
  return { does: "text", field: setting, from, to: top.to };
}

const fits = ({ config: schema }: Standing["automation"], config: Standing["config"], setting: string, to: string | number): boolean =>
  schema.safeParse({ ...config, [setting]: to }).success;
