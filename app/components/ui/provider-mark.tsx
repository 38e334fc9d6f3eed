import { cn } from "./cn.ts";
import marks from "./provider-marks.svg?no-inline";

/** Those that have a drawing: our own, after what people know the provider by. */
const drawn = /^(shopify|klaviyo|google|hubspot|meta|tiktok|slack|linkedin|telnyx|twilio|whatsapp|vapi|cj|bigbuy|apify)$/;

/** A tile with the provider's mark; its initial where nobody drew one, so that a new one needs nothing. The name always stands beside it. */
export function ProviderMark({ id, name, small = false }: { id: string; name: string; small?: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        "grid shrink-0 place-items-center rounded-[0.625rem] border border-line-strong bg-surface font-mono font-semibold text-ink",
        small ? "size-8 text-sm" : "size-10 text-lg",
      )}
    >
      {drawn.test(id) ? (
        <svg aria-hidden className={small ? "size-5" : "size-6"}>
          <use href={`${marks}#${id}`} />
        </svg>
      ) : (
        name.charAt(0).toUpperCase()
      )}
    </span>
  );
}
