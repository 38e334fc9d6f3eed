import type { ReactNode } from "react";
import { Section } from "#app/components/shell/section.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { DisplayProvider } from "#app/i18n/display.tsx";
import type { Locale } from "#app/i18n/locale.ts";

const LOOKS = [
  { theme: "dark", locale: "en" },
  { theme: "light", locale: "en" },
  { theme: "dark", locale: "he" },
  { theme: "light", locale: "he" },
] as const satisfies readonly { theme: string; locale: Locale }[];

/** One group of components, four times: in both themes and both directions. */
export function Group({ id, title, children }: { id: string; title: string; children: (locale: "en" | "he") => ReactNode }) {
  return (
    <Section title={<span id={id}>{title}</span>}>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {LOOKS.map(({ theme, locale }) => (
          <DisplayProvider key={theme + locale} locale={locale} region={locale}>
            <div
              lang={locale}
              dir={locale === "he" ? "rtl" : "ltr"}
              className={cn(
                "grid min-w-0 grid-cols-1 content-start gap-5 rounded-card border border-line bg-canvas p-4 text-ink sm:p-5",
                theme === "dark" ? "scheme-dark" : "scheme-light",
              )}
            >
              {children(locale)}
            </div>
          </DisplayProvider>
        ))}
      </div>
    </Section>
  );
}

/** Some of one kind beside each other. */
export function Row({ children, stacked = false }: { children: ReactNode; stacked?: boolean }) {
  return <div className={stacked ? "grid gap-3" : "flex min-w-0 flex-wrap items-center gap-3"}>{children}</div>;
}
