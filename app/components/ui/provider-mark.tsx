import { cn } from "./cn.ts";

/** The known providers' tints; a provider that is not here gets the neutral one, so that a new one needs nothing. */
const TINTS: Record<string, string> = {
  shopify: "text-ok bg-ok-tint/12 border-ok-tint/35",
  klaviyo: "text-ink bg-hover border-line-strong",
  google: "text-info bg-info-tint/12 border-info-tint/35",
  hubspot: "text-warn bg-warn-tint/12 border-warn-tint/35",
  meta: "text-info bg-info-tint/12 border-info-tint/35",
  tiktok: "text-magenta bg-magenta-soft border-magenta/25",
  slack: "text-magenta bg-magenta-soft border-magenta/25",
  linkedin: "text-accent bg-accent-soft border-accent-line",
  telnyx: "text-ok bg-ok-tint/12 border-ok-tint/35",
  twilio: "text-danger bg-danger-tint/12 border-danger-tint/35",
  whatsapp: "text-ok bg-ok-tint/12 border-ok-tint/35",
  vapi: "text-accent bg-accent-soft border-accent-line",
  cj: "text-warn bg-warn-tint/12 border-warn-tint/35",
  bigbuy: "text-magenta bg-magenta-soft border-magenta/25",
  apify: "text-info bg-info-tint/12 border-info-tint/35",
};

/** A tile with the provider's initial. It is decoration: the name always stands beside it. */
export function ProviderMark({ id, name, small = false }: { id: string; name: string; small?: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        "grid shrink-0 place-items-center rounded-[0.625rem] border font-mono font-semibold",
        small ? "size-8 text-sm" : "size-10 text-lg",
        TINTS[id] ?? "border-line-strong bg-hover text-ink-muted",
      )}
    >
      {name.charAt(0).toUpperCase()}
    </span>
  );
}
