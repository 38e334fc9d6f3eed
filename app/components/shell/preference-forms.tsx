import { Form, useFetcher, useLocation } from "@remix-run/react";
import { Check, Monitor, Moon, Sun } from "lucide-react";
import { cn } from "#app/components/ui/cn.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { LOCALE_NAMES, LOCALES } from "#app/i18n/locale.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { THEMES, type Theme } from "#app/theme.ts";

const useWords = wordsOf("common");

const ICONS = { dark: Moon, light: Sun, system: Monitor } as const;

function useReturnTo(): string {
  const { pathname, search } = useLocation();
  return `${pathname}${search}`;
}

/** Three buttons that choose the theme. Which one is on shows by the html element's own attribute. */
export function ThemeForm({ className }: { className?: string }) {
  const t = useWords();
  const fetcher = useFetcher();
  const returnTo = useReturnTo();
  return (
    <fetcher.Form method="post" action="/theme" className={className}>
      <input type="hidden" name="returnTo" value={returnTo} />
      <fieldset className="grid grid-cols-3 gap-1 rounded-control border border-line bg-sunken p-1">
        <legend className="sr-only">{t("theme.label")}</legend>
        {THEMES.map((theme) => (
          <ThemeButton key={theme} theme={theme} />
        ))}
      </fieldset>
    </fetcher.Form>
  );
}

const ON: Record<Theme, string> = {
  dark: "in-data-[theme=dark]:bg-raised in-data-[theme=dark]:text-ink in-data-[theme=dark]:shadow-card",
  light: "in-data-[theme=light]:bg-raised in-data-[theme=light]:text-ink in-data-[theme=light]:shadow-card",
  system: "in-data-[theme=system]:bg-raised in-data-[theme=system]:text-ink in-data-[theme=system]:shadow-card",
};

function ThemeButton({ theme }: { theme: Theme }) {
  const t = useWords();
  const Icon = ICONS[theme];
  return (
    <button
      type="submit"
      name="theme"
      value={theme}
      className={cn(
        "flex h-7 items-center justify-center gap-1.5 rounded-[0.3125rem] px-2 text-xs text-ink-muted transition-colors hover:text-ink",
        ON[theme],
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      {t(`theme.${theme}`)}
    </button>
  );
}

/** One button a language. The page is loaded anew, in the new language and direction. */
export function LocaleForm({ className }: { className?: string }) {
  const t = useWords();
  const { locale: current } = useDisplay();
  const returnTo = useReturnTo();
  return (
    <Form method="post" action="/locale" reloadDocument className={className}>
      <input type="hidden" name="returnTo" value={returnTo} />
      <fieldset className="grid grid-cols-3 gap-1">
        <legend className="sr-only">{t("language.label")}</legend>
        {LOCALES.map((locale) => (
          <button
            key={locale}
            type="submit"
            name="locale"
            value={locale}
            lang={locale}
            aria-pressed={locale === current}
            className="flex h-8 items-center justify-center gap-1 rounded-control px-2 text-xs text-ink-muted transition-colors hover:bg-hover hover:text-ink aria-pressed:text-ink"
          >
            {locale === current && <Check aria-hidden className="size-3.5 text-accent" />}
            {LOCALE_NAMES[locale]}
          </button>
        ))}
      </fieldset>
    </Form>
  );
}
