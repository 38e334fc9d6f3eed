import { formatMoney } from "#app/i18n/format.ts";
import type { Asking } from "#server/domain/asking/asking.ts";
import { voiceIn } from "./voice.ts";

/** How what waits is said where people decide outside of the portal. */
export const asking: Asking = {
  say: (locale, saying) => voiceIn(locale).say(saying),
  money: formatMoney,
};
