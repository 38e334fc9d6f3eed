import type { Locale } from "#app/i18n/locale.ts";
import { LOCALE_NAMES, LOCALES } from "#app/i18n/locale.ts";
import type { Namespace, Say } from "#app/i18n/translator.ts";
import { THEMES, type Theme } from "#app/theme.ts";
import { foldText } from "#server/domain/tenancy/fold-text.ts";

/** What a search leads to: an address, or a form that is sent (with `returnTo` from where it is). */
export type Found = {
  label: string;
  /** What stands behind the label: whose it is, or where. */
  detail?: string;
} & ({ to: string } | { post: "/theme" | "/locale" | "/switch" | "/sign-out"; fields: Record<string, string> });

export interface FoundGroup {
  kind: "pages" | "connections" | "metrics" | "actions" | "clients" | "ids";
  items: Found[];
}

/** Of the groups what has every word of the text, without case and accents; first what begins with it. */
export function narrow(groups: readonly FoundGroup[], text: string): FoundGroup[] {
  const wanted = foldText(text);
  if (wanted === "") return groups.filter(({ items }) => items.length > 0);
  const words = wanted.split(" ");
  return groups.flatMap(({ kind, items }) => {
    const fit = items
      .map((item) => ({ item, label: foldText(item.label), all: foldText(`${item.label} ${item.detail ?? ""}`) }))
      .filter(({ all }) => words.every((word) => all.includes(word)))
      .sort((a, b) => Number(b.label.startsWith(wanted)) - Number(a.label.startsWith(wanted)));
    return fit.length > 0 ? [{ kind, items: fit.map(({ item }) => item) }] : [];
  });
}

/** What is asked for: `id` as it was pasted and sent, `q` while it is typed. */
export function askedOf(request: Request): { text: string; sent: boolean } {
  const { searchParams } = new URL(request.url);
  const id = searchParams.get("id");
  return { text: (id ?? searchParams.get("q") ?? "").trim().slice(0, 200), sent: id !== null };
}

/** What everybody may do, whichever portal they are in. */
export function ownActions(t: Say<never, Namespace>, { locale, theme }: { locale: Locale; theme: Theme }): Found[] {
  return [
    ...THEMES.filter((each) => each !== theme).map((each) => ({
      label: t("find:actions.theme", { theme: t(`common:theme.${each}`) }),
      post: "/theme" as const,
      fields: { theme: each },
    })),
    ...LOCALES.filter((each) => each !== locale).map((each) => ({
      label: t("find:actions.language", { language: LOCALE_NAMES[each] }),
      post: "/locale" as const,
      fields: { locale: each },
    })),
    { label: t("common:account.signOut"), post: "/sign-out", fields: {} },
  ];
}
