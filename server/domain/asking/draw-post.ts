import type { ActionState } from "#db/words/actions.ts";
import type { Locale } from "#db/words/locales.ts";
import type { Post } from "#server/catalog/actions/slack-posts.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { buttonValue } from "#server/catalog/webhooks/slack.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { describeActions } from "#server/domain/actions/list-actions.ts";
import type { ActionRow, Asking } from "./asking.ts";
import { type Phase, words } from "./words.ts";

/** More steps than these are told by the portal. */
const shownSteps = 5;

/** Where an action stands, as far as its post tells it: while it is done it is approved. */
export const phaseOf = (status: ActionState): "waiting" | Phase => {
  switch (status) {
    case "approved":
    case "executing":
    case "unsure":
    case "undoing":
      return "approved";
    case "withheld":
    case "shadowed":
      return "gone";
    default:
      return status;
  }
};

/** What a post of this action says now, as it is kept beside it. */
export const shownOf = ({ status, hash }: Pick<ActionRow, "status" | "hash">): string => `${phaseOf(status)} ${hash}`;

/** What is posted of an action, in the client's language: why, what would happen, what is at stake, and what became of it. */
export async function drawPost(
  ctx: TenantCtx,
  asking: Asking,
  { action: row, buttons }: { action: ActionRow; buttons: boolean },
): Promise<Post> {
  const { locale } = ctx.tenant;
  const t = words[locale];
  const [action] = await describeActions(ctx, [row]);
  if (!action) throw new Error("an action is described as one");
  const { line, params } = row.evidence;
  const steps = action.steps.slice(0, shownSteps).flatMap(({ sentence, title }) => (sentence ?? title)?.[locale] ?? []);
  const phase = phaseOf(row.status);
  const by = row.decidedBy === "policy" ? t.policy : (action.decidedBy ?? t.policy);
  return {
    heading: t.asks(titleOf(row.automation, locale)),
    lines: [
      asking.say(locale, { code: `${row.automation}.${line}`, params }),
      steps.map((step) => (steps.length > 1 ? `• ${step}` : step)).join("\n"),
    ].filter((text) => text !== ""),
    notes: [...(row.stake ? [t.stake(asking.money(locale, row.stake))] : []), ...(phase === "waiting" ? [] : [t.became[phase](by)])],
    ...(phase === "waiting" && { until: { words: t.until, at: row.expiresAt } }),
    buttons:
      phase !== "waiting"
        ? []
        : buttons
          ? [
              { id: "approve", text: t.approve, value: buttonValue(row) },
              { id: "reject", text: t.reject, value: buttonValue(row) },
              linkTo(ctx, row.id),
            ]
          : [linkTo(ctx, row.id)],
  };
}

/** The one post about all that is not posted by itself. */
export const drawMore = (ctx: TenantCtx, { automation, count }: { automation: string; count: number }): Post => {
  const t = words[ctx.tenant.locale];
  return { heading: t.more(titleOf(automation, ctx.tenant.locale)), lines: [t.moreCount(count)], notes: [], buttons: [linkTo(ctx)] };
};

/** What is left of a post whose action was erased. */
export const drawGone = ({ tenant: { locale } }: TenantCtx, automation: string): Post => ({
  ...{ heading: titleOf(automation, locale), lines: [words[locale].became.gone("")], notes: [], buttons: [] },
});

/** A page that decides nothing by being opened. */
const linkTo = ({ config, tenant }: TenantCtx, actionId?: string) => ({
  text: words[tenant.locale].review,
  url: `${config.APP_ORIGIN}/t/${tenant.id}/approvals${actionId === undefined ? "" : `/${actionId}`}`,
});

const titleOf = (id: string, locale: Locale): string => automations.find((each) => each.id === id)?.title[locale] ?? id;
